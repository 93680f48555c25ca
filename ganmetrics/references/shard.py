"""One of n parts of a set of images, whose statistics are made apart and joined later."""

import hashlib
import re
from dataclasses import dataclass

from ganmetrics._text import shown
from ganmetrics.data.fingerprint import image_digests
from ganmetrics.data.sources import ImageSource, take
from ganmetrics.errors import InputError
from ganmetrics.ranks import share_of

PROBES = 64
"""Images of the whole that every shard reads, to tell sets with the same names apart."""


@dataclass(frozen=True)
class Shard:
    """Which part statistics are of.

    Attributes:
        number: of the part, from 1.
        parts: how many there are.
        whole: tells the set: its size, names, and the contents of `PROBES` of its images. Hashing all images on every
            host would cost each as much as reading the whole set.
        settings: the seed of the choice of images, and what else must agree.
    """

    number: int
    parts: int
    whole: str
    settings: str

    def __str__(self) -> str:
        """Return such as ``2/8``."""
        return f"{self.number}/{self.parts}"


def parse_shard(text: str) -> tuple[int, int]:
    """Return number and parts.

    >>> parse_shard("2/8")
    (2, 8)
    """
    found = re.fullmatch(r"([0-9]{1,9})/([0-9]{1,9})", text)
    if found is None or not 1 <= int(found[1]) <= int(found[2]):
        raise InputError(f"a shard needs to be i/n with i from 1 to n, such as 2/8; got {shown(text)}")
    return int(found[1]), int(found[2])


def shard_of(source: ImageSource, text: str, settings: str) -> tuple[ImageSource, Shard]:
    """Return the images of a shard, and which it is.

    Raises:
        InputError: the text is no shard, or it would have fewer than two images.
    """
    number, parts = parse_shard(text)
    indices = share_of(len(source), number - 1, parts)
    if len(indices) < 2:  # noqa: PLR2004
        raise InputError(f"a shard needs at least 2 images; {text} of {source.name} has {len(indices)}")
    digest = hashlib.sha256()
    for index in range(len(source)):
        digest.update(source.label(index).removeprefix(source.name).encode("utf-8", "surrogatepass") + b"\n")
    probes = sorted({row * (len(source) - 1) // (PROBES - 1) for row in range(PROBES)})
    for probe in image_digests(take(source, probes)):
        digest.update(probe)
    return take(source, indices), Shard(number, parts, digest.hexdigest(), settings)
