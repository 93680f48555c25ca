"""Sets made of whole images of other sets: halves, sets that lack classes, sets with strangers among them."""

from collections.abc import Sequence

import numpy as np

from ganmetrics.data.decode import Stored
from ganmetrics.data.sources import ImageSource
from ganmetrics.errors import InputError, NotEnoughSamples

Pick = tuple[ImageSource, int]
"""An image, by its source and its index there."""


class PickedSource:
    """Images picked from one or several sources, in the order of the picks."""

    uniform_size = None

    def __init__(self, picks: Sequence[Pick], name: str) -> None:
        self.name = name
        self.ignored = 0
        self._picks = tuple(picks)

    def __len__(self) -> int:
        """Return the number of picks."""
        return len(self._picks)

    def label(self, index: int) -> str:
        """Return what messages call an image, in the words of its own source."""
        source, place = self._picks[index]
        return source.label(place)

    def read(self, index: int) -> Stored:
        """Return an image as its own source stores it."""
        source, place = self._picks[index]
        return source.read(place)

    def class_of(self, index: int) -> str | None:
        """Return the class of an image in its own source."""
        source, place = self._picks[index]
        return source.class_of(place)


def shuffled(source: ImageSource, *, seed: int) -> list[Pick]:
    """Return all images of a source in an order that depends on their number and the seed only.

    >>> from ganmetrics.data.sources import open_source
    >>> [index for _, index in shuffled(open_source(np.zeros((5, 1, 1, 3), np.uint8)), seed=0)]
    [2, 4, 3, 0, 1]
    """
    return [(source, int(index)) for index in np.random.default_rng(seed).permutation(len(source))]


def classes_to_drop(classes: Sequence[str], shares: Sequence[float], *, seed: int) -> list[tuple[str, ...]]:
    """Return the classes that are missing at each level, rising: of k classes, floor(k share), each share once.

    The classes of a level are among those of the next; `seed` decides which go first. One class always stays.

    Raises:
        InputError: there are fewer than two classes.

    >>> classes_to_drop(["cat", "dog", "fox", "owl"], (0.0, 0.25, 0.5), seed=0)
    [(), ('fox',), ('fox', 'cat')]
    >>> [len(missing) for missing in classes_to_drop(["cat", "dog"], (0.0, 0.25, 0.5, 0.75), seed=0)]
    [0, 1]
    """
    if len(set(classes)) < 2:  # noqa: PLR2004 - one of two can be missing
        raise InputError(f"dropping classes needs two or more; got {len(set(classes))}")
    order = np.random.default_rng(seed).permutation(sorted(set(classes)))
    numbers = sorted({min(int(share * len(order)), len(order) - 1) for share in shares})
    return [tuple(str(name) for name in order[:number]) for number in numbers]


def without_classes(picks: Sequence[Pick], missing: Sequence[str]) -> list[Pick]:
    """Return the picks whose class is not missing, in their order."""
    return [(source, place) for source, place in picks if source.class_of(place) not in missing]


def contaminated(picks: Sequence[Pick], others: ImageSource, share: float, *, seed: int) -> list[Pick]:
    """Return the picks with a `share` of them, to the nearest number, replaced by as many different images of `others`.

    Which go and which come depends on the seed alone, so that the strangers of a level are among those of the next.

    Raises:
        NotEnoughSamples: there are fewer others than are to come.

    >>> from ganmetrics.data.sources import open_source
    >>> ours, others = (open_source(np.zeros((8, 1, 1, 3), np.uint8)) for _ in range(2))
    >>> sum(source is others for source, _ in contaminated(shuffled(ours, seed=0), others, 0.25, seed=0))
    2
    """
    number = round(share * len(picks))
    if number > len(others):
        raise NotEnoughSamples(
            f"contamination of {share:g} of {len(picks):,} images needs {number:,} others; "
            f"{others.name} has {len(others):,}"
        )
    rng = np.random.default_rng(seed)
    places = rng.permutation(len(picks))[:number]
    strangers = rng.permutation(len(others))[:number]
    mixed = list(picks)
    for place, stranger in zip(places.tolist(), strangers.tolist(), strict=True):
        mixed[place] = (others, stranger)
    return mixed
