"""Files decode strictly: damage is an error with a short reason, every treatment is named."""

import io
import struct
import warnings

import numpy as np
import pytest
from PIL import Image, ImageFile

from ganmetrics.data.decode import decode, decode_stored, examine
from ganmetrics.errors import InputError


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "PPM", "WEBP"])
def test_lossless_formats_give_the_pixels_back(noise, encoded, kind):
    """A lossless file decodes to the pixels that were saved, with nothing odd."""
    options = {"lossless": True} if kind == "WEBP" else {}
    decoded = decode(encoded(noise(), kind, **options))
    assert (decoded.image == noise()).all()
    assert (decoded.format, decoded.mode, decoded.size, decoded.oddities) == (kind, "RGB", (9, 6), ())


def test_jpeg_is_told_apart(noise, encoded):
    """A JPEG file is recorded as one."""
    assert decode(encoded(noise(), "JPEG")).format == "JPEG"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "TIFF", "PPM", "WEBP", "GIF"])
@pytest.mark.parametrize("share", [0.5, 0.9])
def test_truncated_files_are_errors(noise, encoded, kind, share):
    """A file cut short is refused, by the full decode and by the audit's, though the program is lenient with them."""
    data = encoded(noise(64, 64), kind)
    cut = data[: int(len(data) * share)]
    lenient, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, True
    try:
        for read in (decode, examine):
            with pytest.raises(InputError, match="^(truncated|damaged: )"):
                read(cut)
        assert ImageFile.LOAD_TRUNCATED_IMAGES is True
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = lenient


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_truncation_is_called_so(noise, encoded, kind):
    """The common formats say "truncated", at every place from the header on."""
    data = encoded(noise(64, 64), kind)
    for length in (200, len(data) // 3, len(data) - 40):
        with pytest.raises(InputError, match="^truncated$"):
            examine(data[:length])
    with pytest.raises(InputError, match="^truncated or damaged header$"):
        decode(data[:10] if kind == "PNG" else data[:3])


@pytest.mark.parametrize("progressive", [False, True])
def test_the_cheap_look_at_a_jpeg_reads_all_of_it(noise, encoded, progressive):
    """Decoding an eighth of the pixels still meets the end of a large file that lacks its last bytes."""
    data = encoded(noise(512, 512), "JPEG", progressive=progressive)
    assert examine(data).size == (512, 512)
    with pytest.raises(InputError, match="^truncated$"):
        examine(data[:-20])


def test_a_flipped_bit_in_a_png_is_found(noise, encoded):
    """A damaged stream is an error and not a picture with other pixels."""
    data = bytearray(encoded(noise(64, 64)))
    data[len(data) // 2] ^= 1
    with pytest.raises(InputError, match="^damaged: "):
        decode(bytes(data))


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"", "^empty file$"), (b"hello, this is text\n" * 9, "^not an image$"), (bytes(1000), "^not an image$")],
)
def test_what_is_no_image_is_said(data, reason):
    """Empty files, and text under an image's name, have their reason."""
    with pytest.raises(InputError, match=reason):
        decode(data)


@pytest.mark.parametrize("data", [b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", b"\0\0\2" + bytes(40)])
def test_formats_that_run_programs_are_not_opened(data):
    """PostScript, and the formats that any bytes may pass for, are no images here."""
    with pytest.raises(InputError, match="not an image"):
        decode(data)


def test_a_bomb_is_refused_by_its_size(raw_png, monkeypatch):
    """A header that promises 900 million pixels is refused before decoding, also where the program set no limit."""
    bomb = raw_png((30_000, 30_000), 8, 2, b"")
    for limit in (Image.MAX_IMAGE_PIXELS, None):
        monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", limit)
        with pytest.raises(InputError, match="^decompression bomb: 30000x30000 pixels"):
            decode(bomb)
        assert limit == Image.MAX_IMAGE_PIXELS


def test_a_large_image_is_no_bomb(noise, encoded, monkeypatch):
    """Where Pillow would warn, an image below the limit is decoded without a warning."""
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    with pytest.raises(Image.DecompressionBombError):
        Image.open(io.BytesIO(encoded(noise())))
    assert decode(encoded(noise())).size == (9, 6)


def test_palette(noise, encoded):
    """A palette image shows the colours of its palette."""
    image = Image.fromarray(noise()).quantize(16)
    decoded = decode(encoded(image))
    assert (decoded.image == np.asarray(image.convert("RGB"))).all()
    assert (decoded.mode, decoded.oddities) == ("P", ("palette",))


def test_palette_with_transparency(encoded):
    """A transparent palette entry shows the background, not the entry's colour."""
    image = Image.new("P", (2, 1))
    image.putpalette([200, 0, 0, 0, 100, 0])
    image.putpixel((1, 0), 1)
    decoded = decode(encoded(image, transparency=0))
    assert decoded.image.tolist() == [[[255, 255, 255], [0, 100, 0]]]
    assert decoded.oddities == ("palette", "alpha composited on white")
    assert decode(encoded(image, transparency=0), alpha="drop").image[0, 0].tolist() == [200, 0, 0]


def test_one_transparent_colour(raw_png):
    """A colour key makes exactly the pixels of that colour transparent, in RGB and in gray of 1, 8 and 16 bits."""
    rgb = decode(raw_png((2, 1), 8, 2, b"\0" + bytes([1, 2, 3, 4, 5, 6]), struct.pack(">3H", 1, 2, 3)))
    assert rgb.image.tolist() == [[[255, 255, 255], [4, 5, 6]]]
    eight = decode(raw_png((2, 1), 8, 0, b"\0\1\2", struct.pack(">H", 1)))
    assert eight.image[:, :, 0].tolist() == [[255, 2]]
    one = decode(raw_png((2, 1), 1, 0, b"\0\x40", struct.pack(">H", 1)), alpha="black")
    assert one.image[:, :, 0].tolist() == [[0, 0]]
    sixteen = decode(raw_png((2, 1), 16, 0, b"\0" + struct.pack(">2H", 1000, 25700), struct.pack(">H", 1000)))
    assert sixteen.image[:, :, 0].tolist() == [[255, 100]]
    assert sixteen.oddities == ("grayscale", "16-bit scaled to 8", "alpha composited on white")
    with pytest.raises(InputError, match="16-bit RGB image with one transparent colour"):
        decode(raw_png((1, 1), 16, 2, b"\0" + bytes(6), bytes(6)))


def test_sixteen_bit_gray_is_scaled(encoded):
    """16-bit gray uses the whole range; Pillow's own conversion would have clipped it to white."""
    values = np.array([[0, 128, 129, 32768, 65535]], np.uint16)
    for kind in ("PNG", "TIFF"):
        decoded = decode(encoded(values, kind))
        assert decoded.image[0, :, 0].tolist() == [0, 0, 1, 128, 255]
        assert decoded.oddities == ("grayscale", "16-bit scaled to 8")
    wide = decode(b"P5 2 1 1023\n" + struct.pack(">2H", 512, 1023))
    assert wide.image[0, :, 0].tolist() == [128, 255]


def test_sixteen_bit_colour_keeps_the_high_byte(raw_png):
    """16-bit colour is reduced by Pillow, which is recorded; x 257 of an 8-bit value comes back exactly."""
    row = b"\0" + struct.pack(">6H", 0, 257, 257 * 200, 65535, 511, 255)
    decoded = decode(raw_png((2, 1), 16, 2, row))
    assert decoded.image.tolist() == [[[0, 1, 200], [255, 1, 0]]]
    assert decoded.oddities == ("16-bit reduced to 8 by Pillow",)


def test_sixteen_bit_gray_with_alpha_is_gray(raw_png):
    """Gray with alpha in 16 bits is recorded as gray, though Pillow widens it to RGBA."""
    decoded = decode(raw_png((1, 1), 16, 4, b"\0" + struct.pack(">2H", 257 * 90, 65535)))
    assert decoded.image.tolist() == [[[90, 90, 90]]]
    assert set(decoded.oddities) == {"grayscale", "16-bit reduced to 8 by Pillow"}


def test_cmyk_jpeg(encoded):
    """A CMYK JPEG, which Adobe stores inverted, shows its colour."""
    decoded = decode(encoded(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "JPEG"))
    assert np.abs(decoded.image.astype(int) - [255, 0, 0]).max() <= 3
    assert (decoded.mode, decoded.oddities) == ("CMYK", ("CMYK converted",))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_orientation_is_applied(noise, encoded, kind, orientation):
    """All eight EXIF orientations show the image upright, and its size is that of what is shown."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    p = noise()
    upright = {
        1: p, 2: p[:, ::-1], 3: p[::-1, ::-1], 4: p[::-1], 5: p.transpose(1, 0, 2), 6: p[::-1].transpose(1, 0, 2),
        7: p[::-1, ::-1].transpose(1, 0, 2), 8: p.transpose(1, 0, 2)[::-1],
    }[orientation]  # fmt: skip
    decoded = decode(encoded(p, kind, exif=exif))
    assert (decoded.image == upright).all()
    assert decoded.size == (upright.shape[1], upright.shape[0])
    assert decoded.oddities == (() if orientation == 1 else ("EXIF rotation applied",))


@pytest.mark.parametrize("orientation", [1, 3, 6])
def test_the_audit_finds_what_decoding_finds(noise, encoded, orientation):
    """The cheap look at a rotated JPEG reports the format, mode, size and treatments of the full decode."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(noise(40, 90), "JPEG", exif=exif)
    cheap, full = examine(data), decode(data)
    assert (cheap.format, cheap.mode, cheap.size, cheap.oddities) == (full.format, full.mode, full.size, full.oddities)


def test_a_damaged_exif_block_is_no_reason_to_refuse(noise, encoded):
    """Sound pixels with a damaged EXIF block are decoded, upright and without a warning."""
    for block in (b"Exif\0\0garbage", b"Exif\0\0MM\0*\0\0\0\x08\xff\xff", b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x09"):
        assert decode(encoded(noise(), "JPEG", exif=block)).oddities == ()


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF"])
def test_the_first_of_several_frames(encoded, kind):
    """Of an animation, or a TIFF of several pages, the first image is taken, and that is recorded."""
    frames = [Image.fromarray(np.full((8, 8, 3), level, np.uint8)) for level in (10, 200)]
    options = {"lossless": True} if kind == "WEBP" else {}
    decoded = decode(encoded(frames[0], kind, save_all=True, append_images=frames[1:], **options))
    assert (decoded.image == 10).all()
    assert "first of several frames" in decoded.oddities
    assert "first of several frames" not in decode(encoded(frames[0], kind, **options)).oddities


def test_several_pictures_in_a_jpeg(noise, encoded):
    """A JPEG of several pictures, as phones write them, counts as JPEG."""
    frames = [Image.fromarray(noise(16, 16, seed)) for seed in (0, 1)]
    decoded = decode(encoded(frames[0], "MPO", save_all=True, append_images=frames[1:]))
    assert (decoded.format, decoded.oddities) == ("JPEG", ("first of several frames",))


def test_the_icc_profile_is_not_used(noise, encoded):
    """An embedded profile changes no pixel."""
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    assert (decode(encoded(noise(), icc_profile=profile)).image == noise()).all()


def test_floating_point_files_are_refused(encoded):
    """A float TIFF has no defined white, and is refused rather than clipped; so are 32-bit integers."""
    with pytest.raises(InputError, match="^floating-point pixels have no defined range"):
        decode(encoded(np.zeros((2, 2), np.float32), "TIFF"))
    with pytest.raises(InputError, match="^32-bit integer pixels have no defined range"):
        decode(encoded(np.zeros((2, 2), np.int32), "TIFF"))


@pytest.mark.parametrize(
    ("bits", "signed", "photometric", "reason"),
    [
        (12, False, 1, "^12-bit gray is not scaled by Pillow"),
        (16, True, 1, "^signed pixels have no defined range"),
        (16, False, 0, "^16-bit gray whose white is 0 is not inverted"),
    ],
)
def test_deep_gray_of_another_range_is_refused(gray_tiff, bits, signed, photometric, reason):
    """A TIFF of 12 bits, with a sign or with white as 0 would be scored too dark, torn or inverted."""
    data = gray_tiff(bits, signed, photometric)
    for read in (decode, examine):
        with pytest.raises(InputError, match=reason):
            read(data)


def test_plain_sixteen_bit_gray_tiffs_are_read(gray_tiff):
    """Control: the same file without a sign and with black as 0 is scaled, and 8 bits with white as 0 are inverted."""
    assert decode(gray_tiff(16, False, 1)).image[0, :, 0].tolist() == [128, 255]
    assert decode(gray_tiff(8, False, 0)).image[0, :2, 0].tolist() == [255, 127]


def test_alpha_is_checked(noise, encoded):
    """An unknown treatment of alpha is an error even where an image has none."""
    with pytest.raises(InputError, match="alpha must be one of white, black, drop, refuse; got 'grey'"):
        decode(encoded(noise()), alpha="grey")


def test_the_program_keeps_its_settings(noise, encoded):
    """The warning filters and Pillow's settings are afterwards as they were."""
    before = list(warnings.filters), ImageFile.LOAD_TRUNCATED_IMAGES, Image.MAX_IMAGE_PIXELS
    decode(encoded(noise()))
    assert (list(warnings.filters), ImageFile.LOAD_TRUNCATED_IMAGES, Image.MAX_IMAGE_PIXELS) == before


def test_decoded_images_are_treated_alike(noise, encoded):
    """An image that Pillow has opened gives what its file gives, and pixels in memory give themselves."""
    gray = encoded(Image.fromarray(noise()).convert("LA"))
    opened = decode_stored(Image.open(io.BytesIO(gray)), alpha="white")
    assert (opened.image == decode(gray).image).all()
    assert opened.oddities == ("grayscale",)
    pixels = noise()
    in_memory = decode_stored(pixels, alpha="white")
    assert (in_memory.image == pixels).all()
    assert (in_memory.format, in_memory.oddities) == ("uint8", ())


def test_a_gif_with_a_giant_frame_is_refused_at_once(monkeypatch):
    """A frame that is replaced by the background is made as the file is opened: its size is checked before."""
    small = io.BytesIO()
    Image.new("P", (4, 4)).save(small, "GIF", transparency=0, disposal=2)
    data = bytearray(small.getvalue())
    at = data.index(b",", data.index(b"!\xf9"))
    data[at + 5 : at + 9] = struct.pack("<HH", 60_000, 60_000)
    made = []
    fill = Image.core.fill
    monkeypatch.setattr(Image.core, "fill", lambda mode, size, *rest: made.append(size) or fill(mode, (1, 1), *rest))
    with pytest.raises(InputError, match="^decompression bomb: at most 178,956,970 pixels are decoded$"):
        decode(bytes(data))
    assert not made
