"""What the audits of two sides say against comparing them: compression, shape, and depth that is not used."""

import math

from ganmetrics.data.audit import Audit
from ganmetrics.data.pixels import SIXTEEN_BITS_DONE, UNUSED_DEPTH

_LOSSY_GAP = 0.1
_ASPECT_GAP = math.log(1.1)


def lossy_mismatch(real: Audit, fake: Audit) -> str | None:
    """Return a warning where JPEG files are compared with lossless ones, None where they are not.

    Compression alone moves a Fréchet distance by more than many published differences, so both sides should have had
    the same. Pixels from memory do not tell their past, and are not compared.

    >>> lossy_mismatch(Audit(formats={"JPEG": 10}), Audit(formats={"PNG": 10}))
    'real images are 100 % JPEG and fake images 0 %: compression alone moves scores, so save both in one format'
    """
    shares = []
    for side in (real, fake):
        files = sum(count for name, count in side.formats.items() if name != "uint8")
        if files == 0:
            return None
        shares.append(side.formats.get("JPEG", 0) / files)
    if abs(shares[0] - shares[1]) <= _LOSSY_GAP:
        return None
    return (
        f"real images are {100 * shares[0]:.0f} % JPEG and fake images {100 * shares[1]:.0f} %: "
        "compression alone moves scores, so save both in one format"
    )


def aspect_mismatch(real: Audit, fake: Audit) -> str | None:
    """Return a warning where the images of one side are of another shape than those of the other, None elsewhere.

    A network squashes both to its square input, so that what is round on one side is oval on the other. Compared are
    the geometric means of the longer side over the shorter, and of the width over the height; a tenth is let pass.
    Where both sides are cropped to squares, this is not to be asked.

    >>> aspect_mismatch(Audit(sizes={(128, 64): 40}), Audit(sizes={(64, 64): 40}))  # doctest: +ELLIPSIS
    'real images are 2.00 times as wide as high on average and fake images 1.00 times: resized to ...'
    >>> aspect_mismatch(Audit(sizes={(640, 480): 30, (480, 640): 10}), Audit(sizes={(64, 48): 3, (48, 64): 1}))
    """
    if not real.sizes or not fake.sizes:
        return None
    squashed = "resized to a square, the two sides are squashed differently; --crop center cuts squares out of both"
    widths = _mean_log(real, oriented=True), _mean_log(fake, oriented=True)
    if abs(widths[0] - widths[1]) > _ASPECT_GAP:
        return (
            f"real images are {math.exp(widths[0]):.2f} times as wide as high on average and fake images "
            f"{math.exp(widths[1]):.2f} times: {squashed}"
        )
    longer = _mean_log(real, oriented=False), _mean_log(fake, oriented=False)
    if abs(longer[0] - longer[1]) > _ASPECT_GAP:
        return (
            f"the longer side is {math.exp(longer[0]):.2f} times the shorter on average in real images and "
            f"{math.exp(longer[1]):.2f} times in fake images: {squashed}"
        )
    return None


def unused_depth(side: Audit, role: str) -> str | None:
    """Return a warning where no 16-bit image of a side has a value above 4,095, None elsewhere.

    Cameras, microscopes and scanners give 12 bits, which are kept in files of 16; scaled as if all 16 were used, they
    are nearly black.

    >>> unused_depth(Audit(oddities={"16-bit scaled to 8": 5, UNUSED_DEPTH: 5}), "real")  # doctest: +ELLIPSIS
    'none of the 5 16-bit real images has a value above 4,095: 12-bit data ...; --bit-depth 12 scales them'
    >>> unused_depth(Audit(oddities={"16-bit scaled to 8": 5, UNUSED_DEPTH: 4}), "real")
    """
    deep = sum(side.oddities.get(name, 0) for name in SIXTEEN_BITS_DONE)
    if deep == 0 or side.oddities.get(UNUSED_DEPTH, 0) < deep:
        return None
    return (
        f"none of the {deep:,} 16-bit {role} images has a value above 4,095: 12-bit data are scored nearly black; "
        "--bit-depth 12 scales them"
    )


def _mean_log(side: Audit, *, oriented: bool) -> float:
    """Return the mean logarithm of width over height, or of the longer side over the shorter."""
    total = sum(side.sizes.values())
    logs = {size: math.log(size[0] / size[1]) for size in side.sizes}
    return sum((logs[size] if oriented else abs(logs[size])) * count for size, count in side.sizes.items()) / total
