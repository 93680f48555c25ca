"""What the images of a set are, counted: a value that merges, prints on one line and goes through JSON."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ganmetrics.data.decode import Facts

_SIZES_LISTED = 3


@dataclass(frozen=True)
class BadFile:
    """An image that cannot be read.

    Attributes:
        index: its place in the source.
        label: what messages call it.
        reason: why, such as ``truncated``.
    """

    index: int
    label: str
    reason: str


@dataclass(frozen=True)
class Audit:
    """What the images of a set are.

    Attributes:
        formats: number of readable images by file format; ``uint8`` for pixels from memory.
        modes: the same by mode as stored, in Pillow's words.
        sizes: the same by width and height.
        oddities: the same by treatment that their pixels need; an image may have several or none.
        ignored: files passed over because they have no image's extension.
        bad: images that cannot be read, which are in none of the counts.
    """

    formats: Mapping[str, int] = field(default_factory=dict)
    modes: Mapping[str, int] = field(default_factory=dict)
    sizes: Mapping[tuple[int, int], int] = field(default_factory=dict)
    oddities: Mapping[str, int] = field(default_factory=dict)
    ignored: int = 0
    bad: tuple[BadFile, ...] = ()

    @classmethod
    def of(cls, facts: Facts) -> "Audit":
        """Return the audit of one image."""
        return cls({facts.format: 1}, {facts.mode: 1}, {facts.size: 1}, dict.fromkeys(facts.oddities, 1))

    @classmethod
    def of_uniform(cls, count: int, size: tuple[int, int]) -> "Audit":
        """Return the audit of `count` uint8 RGB images of one size."""
        return cls({"uint8": count}, {"RGB": count}, {size: count})

    @property
    def count(self) -> int:
        """Number of readable images."""
        return sum(self.formats.values())

    @property
    def seen(self) -> int:
        """Number of images, those that cannot be read among them."""
        return self.count + len(self.bad)

    @property
    def skipped(self) -> frozenset[int]:
        """Indices of the images that cannot be read, in the source that was audited."""
        return frozenset(bad.index for bad in self.bad)

    @classmethod
    def total(cls, parts: Iterable["Audit"]) -> "Audit":
        """Return the audit of several sets of images together.

        >>> one = Audit.of_uniform(1, (8, 8))
        >>> Audit.total([one, one]) == Audit.of_uniform(2, (8, 8))
        True
        """
        formats: Counter[str] = Counter()
        modes: Counter[str] = Counter()
        sizes: Counter[tuple[int, int]] = Counter()
        oddities: Counter[str] = Counter()
        ignored = 0
        bad: list[BadFile] = []
        for part in parts:
            formats.update(part.formats)
            modes.update(part.modes)
            sizes.update(part.sizes)
            oddities.update(part.oddities)
            ignored += part.ignored
            bad.extend(part.bad)
        return cls(dict(formats), dict(modes), dict(sizes), dict(oddities), ignored, tuple(bad))

    def merge(self, other: "Audit") -> "Audit":
        """Return the audit of both sets of images together."""
        return Audit.total((self, other))

    def line(self) -> str:
        """Return a summary on one line.

        >>> Audit.of_uniform(2000, (32, 32)).line()
        '2,000 images: 2,000 uint8; 32x32'
        """
        images = f"{self.count:,} image{'' if self.count == 1 else 's'}"
        parts = [", ".join(_counted(self.formats)), self._sizes(), *_counted(self.oddities)]
        if self.bad:
            parts.append(f"{len(self.bad):,} unreadable skipped")
        if self.ignored:
            parts.append(f"{self.ignored:,} other file{'' if self.ignored == 1 else 's'} ignored")
        return f"{images}: " + "; ".join(part for part in parts if part)

    def to_json(self) -> dict[str, Any]:
        """Return the audit as what JSON can hold."""
        return {
            "formats": dict(self.formats),
            "modes": dict(self.modes),
            "sizes": {f"{width}x{height}": count for (width, height), count in self.sizes.items()},
            "oddities": dict(self.oddities),
            "ignored": self.ignored,
            "bad": [[bad.index, bad.label, bad.reason] for bad in self.bad],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Audit":
        """Return the audit that `to_json` gave.

        >>> found = Audit.of_uniform(2, (8, 6))
        >>> Audit.from_json(found.to_json()) == found
        True
        """
        sizes = {tuple(map(int, size.split("x"))): count for size, count in stored["sizes"].items()}
        return cls(
            formats=dict(stored["formats"]),
            modes=dict(stored["modes"]),
            sizes={(width, height): count for (width, height), count in sizes.items()},
            oddities=dict(stored["oddities"]),
            ignored=stored["ignored"],
            bad=tuple(BadFile(*bad) for bad in stored["bad"]),
        )

    def _sizes(self) -> str:
        """Return the one size, the few sizes with their counts, or how many and between which."""
        if not self.sizes:
            return ""
        if len(self.sizes) == 1:
            ((width, height),) = self.sizes
            return f"{width}x{height}"
        if len(self.sizes) <= _SIZES_LISTED:
            return ", ".join(_counted({f"{width}x{height}": count for (width, height), count in self.sizes.items()}))
        widths, heights = zip(*self.sizes, strict=True)
        return f"{len(self.sizes):,} sizes, {min(widths)} to {max(widths)} wide, {min(heights)} to {max(heights)} high"


def _counted(counts: Mapping[str, int]) -> list[str]:
    """Return counts in words, the largest first."""
    return [f"{count:,} {name}" for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]
