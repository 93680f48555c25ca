"""One image file to RGB pixels, strictly: nothing is guessed for a damaged file, and every treatment is named."""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import numpy.typing as npt
from PIL import Image as Pillow
from PIL import ImageFile, UnidentifiedImageError

from ganmetrics._text import one_line
from ganmetrics._types import Image
from ganmetrics.data.pixels import REDUCED_BY_PILLOW, SCALED, UNUSED_DEPTH, check_alpha, rgb_pixels
from ganmetrics.errors import InputError

MAX_PIXELS = 178_956_970
"""The largest image that is decoded: the number of pixels at which Pillow too refuses (twice its warning level)."""


@dataclass(frozen=True)
class Frame:
    """One frame of a file of several.

    Attributes:
        data: the bytes of the file.
        number: of the frame, from 0.
    """

    data: bytes
    number: int


Stored = bytes | Frame | npt.NDArray[np.uint8] | Pillow.Image
"""What a source holds for one image: an encoded file, a frame of one, uint8 pixels [h, w, 3], or a Pillow image."""

# Pillow would otherwise also try formats that run other programs (EPS) or that any bytes may pass for (TGA).
_FORMATS = ("PNG", "JPEG", "MPO", "BMP", "DIB", "GIF", "WEBP", "TIFF", "PPM", "AVIF", "JPEG2000", "QOI")
_SAME_FORMAT = {"MPO": "JPEG", "DIB": "BMP"}
_SIGNATURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"II*\0", b"MM\0*", b"BM")
_MORE_SIGNATURES = (b"qoif", b"\0\0\0\x0cjP  ", b"\xff\x4f\xff\x51", b"P4", b"P5", b"P6")
_WITH_FRAMES = ("GIF", "WEBP", "TIFF", "PNG", "AVIF")
# Files whose header only says how many frames there are; those of other kinds are found one by one.
_COUNTED = ("PNG", "WEBP")
_FRAME_BYTES = 20
"""What a frame takes at the least: the chunk that describes it, of 38 bytes in a PNG and of 24 in a WebP."""
_GIF_END = b";"
_ORIENTATION = 0x0112
_PHOTOMETRIC = 0x0106
_WHITE_IS_ZERO = 0
_TWELVE_BITS_HIGH_BYTE = 15
_TRANSPOSITIONS = {
    2: Pillow.Transpose.FLIP_LEFT_RIGHT,
    3: Pillow.Transpose.ROTATE_180,
    4: Pillow.Transpose.FLIP_TOP_BOTTOM,
    5: Pillow.Transpose.TRANSPOSE,
    6: Pillow.Transpose.ROTATE_270,
    7: Pillow.Transpose.TRANSVERSE,
    8: Pillow.Transpose.ROTATE_90,
}


@dataclass(frozen=True)
class Facts:
    """What an image is.

    Attributes:
        format: of the file, such as ``PNG`` or ``JPEG``; ``uint8`` for pixels that were in memory.
        mode: as stored, in Pillow's words: ``RGB``, ``L``, ``P``, ``CMYK``...
        size: width and height of what is scored, after any rotation.
        oddities: every treatment that the pixels needed, such as ``16-bit scaled to 8``.
    """

    format: str
    mode: str
    size: tuple[int, int]
    oddities: tuple[str, ...]


@dataclass(frozen=True)
class Decoded(Facts):
    """An image, and what it is.

    Attributes:
        image: uint8 RGB [h, w, 3].
    """

    image: Image


def decode(data: bytes, *, alpha: str = "white", bit_depth: int = 16, frame: int | None = None) -> Decoded:
    """Return the RGB pixels of an encoded image.

    The EXIF orientation is applied; of several frames the first is taken unless one is asked for;
    `ganmetrics.data.pixels.rgb_pixels` says how each mode becomes RGB. Colour images of 16 bits a channel are read by
    Pillow itself, which keeps the high byte.

    Args:
        data: the bytes of the file.
        alpha: what transparent pixels become: ``white``, ``black``, ``drop`` or ``refuse``.
        bit_depth: how many bits the values of 16-bit grayscale use.
        frame: the number of a frame, from 0; None for the first.

    Raises:
        InputError: the file is empty, truncated, damaged, no image, larger than `MAX_PIXELS`, or has pixels that do
            not map to RGB. The message is the reason alone; the caller knows the name.

    >>> file = io.BytesIO()
    >>> Pillow.new("L", (3, 2), 7).save(file, "PNG")
    >>> decoded = decode(file.getvalue())
    >>> decoded.image.shape, decoded.format, decoded.mode, decoded.size, decoded.oddities
    ((2, 3, 3), 'PNG', 'L', (3, 2), ('grayscale',))
    """
    return _decode(data, alpha, bit_depth, frame, reduced=False)


def examine(data: bytes, *, alpha: str = "white", bit_depth: int = 16, frame: int | None = None) -> Facts:
    """Return what `decode` would find, reading the whole file but, for JPEG, computing an eighth of the pixels a side.

    Raises:
        InputError: exactly where `decode` does.
    """
    found = _decode(data, alpha, bit_depth, frame, reduced=True)
    return Facts(found.format, found.mode, found.size, found.oddities)


def decode_stored(stored: Stored, *, alpha: str, bit_depth: int = 16) -> Decoded:
    """Return the RGB pixels of anything that a source holds.

    Raises:
        InputError: as `decode` does.
    """
    if isinstance(stored, bytes):
        return decode(stored, alpha=alpha, bit_depth=bit_depth)
    if isinstance(stored, Frame):
        return decode(stored.data, alpha=alpha, bit_depth=bit_depth, frame=stored.number)
    if isinstance(stored, np.ndarray):
        return Decoded("uint8", "RGB", (stored.shape[1], stored.shape[0]), (), stored)
    check_alpha(alpha)
    with _strictly():
        pixels, oddities = rgb_pixels(stored, alpha=alpha, bit_depth=bit_depth)
    return Decoded(stored.format or "uint8", stored.mode, stored.size, oddities, pixels)


def examine_stored(stored: Stored, *, alpha: str, bit_depth: int = 16) -> Facts:
    """Return what `decode_stored` would find.

    Raises:
        InputError: as `decode` does.
    """
    if isinstance(stored, bytes):
        return examine(stored, alpha=alpha, bit_depth=bit_depth)
    if isinstance(stored, Frame):
        return examine(stored.data, alpha=alpha, bit_depth=bit_depth, frame=stored.number)
    return decode_stored(stored, alpha=alpha, bit_depth=bit_depth)


def count_frames(data: bytes) -> int:
    """Return how many frames an encoded image has; 1 for formats that cannot have several, or only previews.

    Raises:
        InputError: the file is empty, damaged or no image, claims more frames than it can hold, or is a GIF that breaks
            off, which Pillow would take for one of fewer frames; the message is the reason alone.

    >>> file = io.BytesIO()
    >>> Pillow.new("L", (3, 2)).save(file, "GIF", save_all=True, append_images=[Pillow.new("L", (3, 2), 9)])
    >>> count_frames(file.getvalue())
    2
    """
    with _opened(data) as image:
        if image.format == "GIF" and not data.rstrip(b"\0").endswith(_GIF_END):
            raise InputError("truncated")
        count = int(getattr(image, "n_frames", 1)) if image.format in _WITH_FRAMES else 1
        if image.format in _COUNTED and count > 1 + len(data) // _FRAME_BYTES:
            raise InputError(f"damaged: it claims {count:,} frames and has {len(data):,} bytes")
        return count


def begins_as_image(head: bytes) -> bool:
    r"""Tell whether bytes begin as an image file of a known format does, of which the first dozen are enough.

    >>> begins_as_image(b"\x89PNG\r\n"), begins_as_image(b"60000")
    (True, False)
    """
    return head.startswith(_SIGNATURES) or head.startswith(_MORE_SIGNATURES) or head[4:8] == b"ftyp"


def _decode(data: bytes, alpha: str, bit_depth: int, frame: int | None, *, reduced: bool) -> Decoded:
    check_alpha(alpha)
    with _opened(data) as image:
        several = bool(getattr(image, "is_animated", False))
        if frame:
            image.seek(frame)
        found = _read(image, alpha, bit_depth, reduced=reduced)
        if not several:
            return found
        oddity = "first of several frames" if frame is None else "one of several frames"
        return replace(found, oddities=(*found.oddities, oddity))


@contextmanager
def _opened(data: bytes) -> Iterator[ImageFile.ImageFile]:
    """Open an encoded image; whatever goes wrong inside is told as a reason."""
    if not data:
        raise InputError("empty file")
    # A GIF's first frame is made ready as it is opened, however large it claims to be.
    with _strictly(MAX_PIXELS // 2 if data.startswith(b"GIF8") else None):
        try:
            with Pillow.open(io.BytesIO(data), formats=_formats()) as image:
                yield image
        except (InputError, MemoryError):
            raise
        except Pillow.DecompressionBombError:
            raise InputError(f"decompression bomb: at most {MAX_PIXELS:,} pixels are decoded") from None
        # Decoders meet damaged files with whatever their parsing runs into: struct.error, KeyError, SyntaxError...
        except Exception as error:
            raise InputError(_reason(error, data)) from None


def _read(image: ImageFile.ImageFile, alpha: str, bit_depth: int, *, reduced: bool) -> Decoded:
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise InputError(f"decompression bomb: {width}x{height} pixels, at most {MAX_PIXELS:,} are decoded")
    oddities: list[str] = []
    # The tiles, which tell the bits a channel, and the orientation of a TIFF are gone once the pixels are loaded.
    raw_mode, deep = _raw_mode(image)
    _check_gray_levels(image, raw_mode, deep=deep)
    turned = image.format == "TIFF" and _orientation(image) in _TRANSPOSITIONS
    if reduced:
        image.draft(None, (max(width // 8, 1), max(height // 8, 1)))
    image.load()
    orientation = _orientation(image)
    upright = image.transpose(_TRANSPOSITIONS[orientation]) if orientation in _TRANSPOSITIONS else image
    if turned or upright is not image:
        oddities.append("EXIF rotation applied")
    pixels, treatments = rgb_pixels(upright, alpha=alpha, sixteen_bits=deep, bit_depth=bit_depth)
    if raw_mode.startswith("LA") and "grayscale" not in treatments:
        oddities.append("grayscale")
    if deep and not any(done.endswith(SCALED) for done in treatments):
        oddities.append(REDUCED_BY_PILLOW)
        if pixels.max() <= _TWELVE_BITS_HIGH_BYTE:
            oddities.append(UNUSED_DEPTH)
    if reduced and image.size != (width, height):
        size = (height, width) if orientation >= 5 else (width, height)  # noqa: PLR2004 - 5 to 8 swap the sides
    else:
        size = (pixels.shape[1], pixels.shape[0])
    name = image.format or "unknown"
    return Decoded(_SAME_FORMAT.get(name, name), image.mode, size, (*treatments, *oddities), pixels)


def _raw_mode(image: ImageFile.ImageFile) -> tuple[str, bool]:
    """Return the layout of the pixels in the file, and whether it has 16 bits a channel."""
    if not image.tile:
        return image.mode, False
    arguments = image.tile[0][3]
    first, *others = arguments if isinstance(arguments, tuple) else (arguments,)
    raw_mode = str(first)
    wide_pnm = image.format == "PPM" and any(isinstance(level, int) and level > 255 for level in others)  # noqa: PLR2004
    return raw_mode, ";16" in raw_mode or wide_pnm


def _check_gray_levels(image: ImageFile.ImageFile, raw_mode: str, *, deep: bool) -> None:
    """Refuse the kinds of deep gray that Pillow opens as 16-bit gray though 0 is not black, or 65535 not white."""
    if raw_mode.startswith("I;12"):
        raise InputError("12-bit gray is not scaled by Pillow: convert it to 8 or 16 bits")
    if deep and raw_mode.endswith("S"):
        raise InputError("signed pixels have no defined range: convert them to 8 or 16 bits without sign")
    if deep and image.format == "TIFF" and image.getexif().get(_PHOTOMETRIC) == _WHITE_IS_ZERO:
        raise InputError("16-bit gray whose white is 0 is not inverted by Pillow: convert it to one whose black is 0")


def _orientation(image: Pillow.Image) -> int:
    """Return the EXIF orientation, 1 (upright) where there is none or the EXIF block is damaged."""
    try:
        value = image.getexif().get(_ORIENTATION, 1)
    # A damaged block beside sound pixels is no reason to refuse them; its parser raises anything.
    except Exception:
        return 1
    return value if isinstance(value, int) else 1


def _reason(error: Exception, data: bytes) -> str:
    text = one_line(error)
    if isinstance(error, UnidentifiedImageError):
        begun = data.startswith(_SIGNATURES) or data[4:8] == b"ftyp"
        return "truncated or damaged header" if begun else "not an image"
    if isinstance(error, EOFError) or "truncated" in text.lower():
        return "truncated"
    return f"damaged: {text or type(error).__name__}"


@contextmanager
def _strictly(limit: int | None = None) -> Iterator[None]:
    """Put aside what a program may have set in Pillow: leniency with truncated files, its limit and its warnings.

    Pillow refuses images of more than twice its limit. Where there is none, `MAX_PIXELS` is checked once an image is
    open, by width and height, which Pillow's own error does not tell.
    """
    before = ImageFile.LOAD_TRUNCATED_IMAGES, Pillow.MAX_IMAGE_PIXELS
    ImageFile.LOAD_TRUNCATED_IMAGES, Pillow.MAX_IMAGE_PIXELS = False, limit
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES, Pillow.MAX_IMAGE_PIXELS = before


@cache
def _formats() -> tuple[str, ...]:
    """Return the formats that this Pillow was built with."""
    Pillow.init()
    return tuple(name for name in _FORMATS if name in Pillow.OPEN)
