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
        classes: number of readable images by class; empty where they have none.
        classes_from: what was taken for classes: ``folders``, or the name of what has the labels.
        no_classes: why what looks like classes was not taken for them.
        hidden: files and folders passed over because systems keep them for themselves.
    """

    formats: Mapping[str, int] = field(default_factory=dict)
    modes: Mapping[str, int] = field(default_factory=dict)
    sizes: Mapping[tuple[int, int], int] = field(default_factory=dict)
    oddities: Mapping[str, int] = field(default_factory=dict)
    ignored: int = 0
    bad: tuple[BadFile, ...] = ()
    classes: Mapping[str, int] = field(default_factory=dict)
    classes_from: str = ""
    no_classes: str = ""
    hidden: int = 0

    @classmethod
    def of(cls, facts: Facts, label: str | None = None) -> "Audit":
        """Return the audit of one image, and its class."""
        return cls(
            formats={facts.format: 1},
            modes={facts.mode: 1},
            sizes={facts.size: 1},
            oddities=dict.fromkeys(facts.oddities, 1),
            classes={} if label is None else {label: 1},
        )

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
        kept = list(parts)
        formats, modes, oddities, classes = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
        sizes = Counter[tuple[int, int]]()
        for part in kept:
            formats.update(part.formats)
            modes.update(part.modes)
            sizes.update(part.sizes)
            oddities.update(part.oddities)
            classes.update(part.classes)
        return cls(
            formats=dict(formats),
            modes=dict(modes),
            sizes=dict(sizes),
            oddities=dict(oddities),
            ignored=sum(part.ignored for part in kept),
            bad=tuple(bad for part in kept for bad in part.bad),
            classes=dict(classes),
            classes_from=_joined(part.classes_from for part in kept),
            no_classes=_joined(part.no_classes for part in kept),
            hidden=sum(part.hidden for part in kept),
        )

    def merge(self, other: "Audit") -> "Audit":
        """Return the audit of both sets of images together."""
        return Audit.total((self, other))

    def line(self) -> str:
        """Return a summary on one line, in plain words.

        >>> Audit.of_uniform(2000, (32, 32)).line()
        '2,000 images, uint8, 32x32 pixels'
        >>> found = Audit({"PNG": 3, "JPEG": 2}, {}, {(8, 6): 5}, {"EXIF rotation applied": 2}, ignored=1)
        >>> found.line()
        '5 images (3 PNG, 2 JPEG), 8x6 pixels; EXIF rotation applied in 2; 1 file that is no image passed over'
        """
        parts = [", ".join(part for part in (self._images(), self._sizes()) if part)]
        parts += [f"{name} in {count:,}" for name, count in _largest_first(self.oddities)]
        if self.bad:
            parts.append(f"{len(self.bad):,} that cannot be read left out")
        if self.ignored:
            no_image = "file that is no image" if self.ignored == 1 else "files that are no images"
            parts.append(f"{self.ignored:,} {no_image} passed over")
        if self.hidden:
            parts.append(f"{self.hidden:,} system file{'' if self.hidden == 1 else 's'} passed over")
        parts.append(self.classes_line())
        return "; ".join(part for part in parts if part)

    def classes_line(self) -> str:
        """Return what was taken for classes and how many images each has, or why nothing was; empty where none may be.

        >>> Audit(classes={"cat": 2, "dog": 3}, classes_from="folders").classes_line()
        '2 class folders of 2 to 3 images'
        >>> Audit(classes={"0": 5, "1": 5}, classes_from="dataset.json").classes_line()
        '2 classes from dataset.json, of 5 images each'
        """
        if not self.classes:
            return f"no classes: {self.no_classes}" if self.no_classes else ""
        least, most = min(self.classes.values()), max(self.classes.values())
        each = f"{most:,} image{'' if most == 1 else 's'}"
        each = f"of {each} each" if least == most else f"of {least:,} to {each}"
        number, many = f"{len(self.classes):,}", len(self.classes) != 1
        if self.classes_from == "folders":
            return f"{number} class folder{'s' if many else ''} {each}"
        return f"{number} class{'es' if many else ''} from {self.classes_from or 'labels'}, {each}"

    def to_json(self) -> dict[str, Any]:
        """Return the audit as what JSON can hold."""
        return {
            "formats": dict(self.formats),
            "modes": dict(self.modes),
            "sizes": {f"{width}x{height}": count for (width, height), count in self.sizes.items()},
            "oddities": dict(self.oddities),
            "ignored": self.ignored,
            "bad": [[bad.index, bad.label, bad.reason] for bad in self.bad],
            "classes": dict(self.classes),
            "classes_from": self.classes_from,
            "no_classes": self.no_classes,
            "hidden": self.hidden,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Audit":
        """Return the audit that `to_json` gave, also an earlier version's, which did not look at classes.

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
            classes=dict(stored.get("classes", {})),
            classes_from=stored.get("classes_from", ""),
            no_classes=stored.get("no_classes", ""),
            hidden=stored.get("hidden", 0),
        )

    def _images(self) -> str:
        """Return how many there are, and of which formats."""
        images = f"{self.count:,} image{'' if self.count == 1 else 's'}"
        if len(self.formats) == 1:
            return f"{images}, {next(iter(self.formats))}"
        counted = ", ".join(f"{count:,} {name}" for name, count in _largest_first(self.formats))
        return f"{images} ({counted})" if counted else images

    def _sizes(self) -> str:
        """Return the one size, the few sizes with their counts, or how many and between which."""
        if not self.sizes:
            return ""
        named = {f"{width}x{height}": count for (width, height), count in self.sizes.items()}
        if len(named) == 1:
            return f"{next(iter(named))} pixels"
        if len(named) <= _SIZES_LISTED:
            (first, most), *others = _largest_first(named)
            return ", ".join([f"{most:,} of {first} pixels", *(f"{count:,} of {name}" for name, count in others)])
        widths, heights = zip(*self.sizes, strict=True)
        wide, high = f"{min(widths)} to {max(widths)} pixels wide", f"{min(heights)} to {max(heights)} high"
        return f"{len(named):,} sizes, {wide}, {high}"


def _largest_first(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return counts with their names, the largest first."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _joined(texts: Iterable[str]) -> str:
    """Return different texts, each once, in the order in which they came."""
    return ", ".join(dict.fromkeys(text for text in texts if text))
