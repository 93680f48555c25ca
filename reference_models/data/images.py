"""`LabelledImages`: a whole data set in memory, as uint8."""

from dataclasses import dataclass

import torch
from torch import Tensor

from ganmetrics import shown
from reference_models.arguments import MOST_SEED, check_type, whole_number
from reference_models.errors import DataError

AXES, CHANNELS = 4, 3


@dataclass(frozen=True, eq=False)
class LabelledImages:
    """Images of one size with their classes.

    Attributes:
        images: uint8 [n, 3, s, s].
        labels: int64 [n]; None where the source has no classes.
        class_names: of the labels, in order; empty without labels.
        source: what messages call the set.

    Raises:
        InputError: one of them is no tensor, or no text.
        DataError: images of another type or shape, fewer than two of them, or labels that are not of these classes.
    """

    images: Tensor
    labels: Tensor | None
    class_names: tuple[str, ...]
    source: str

    def __post_init__(self) -> None:
        self._check_kinds()
        if len(self.images) < 2:  # noqa: PLR2004 - one image has no distribution
            raise DataError(f"training needs at least 2 images; {self.source} has {len(self.images)}")
        if self.labels is None:
            return
        if self.labels.dtype != torch.int64 or self.labels.ndim != 1:
            raise DataError(f"{self.source} needs labels as int64 [n]; got {_kind(self.labels)}")
        if len(self.labels) != len(self.images):
            raise DataError(f"{self.source} needs a label an image; it has {len(self.labels)} for {len(self.images)}")
        low, high = int(self.labels.min()), int(self.labels.max())
        if low < 0 or high >= len(self.class_names):
            raise DataError(
                f"labels of {self.source} must be from 0 to {len(self.class_names) - 1}; they are from {low} to {high}"
            )

    def _check_kinds(self) -> None:
        check_type("source", self.source, str, "text")
        check_type("images", self.images, Tensor, "a tensor")
        if self.labels is not None:
            check_type("labels", self.labels, Tensor, "a tensor")
        if not isinstance(self.class_names, tuple) or not all(isinstance(name, str) for name in self.class_names):
            raise DataError(f"class_names must be a tuple of texts; got {shown(self.class_names)}")
        plain = self.images.layout == torch.strided and not self.images.is_nested and not self.images.is_meta
        if (
            not plain
            or self.images.dtype != torch.uint8
            or self.images.ndim != AXES
            or self.images.shape[1] != CHANNELS
        ):
            raise DataError(f"{self.source} needs images as uint8 [n, 3, s, s]; got {_kind(self.images)}")

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self.images)

    @property
    def classes(self) -> int:
        """Number of classes; 0 without labels."""
        return len(self.class_names)

    def class_counts(self) -> dict[str, int]:
        """Return how many images each class has."""
        if self.labels is None:
            return {}
        counts = torch.bincount(self.labels, minlength=self.classes).tolist()
        return dict(zip(self.class_names, counts, strict=True))

    def choose(self, count: int, seed: int) -> "LabelledImages":
        """Return `count` of the images, chosen at random by `seed`, in their order.

        Raises:
            DataError: there are fewer.
        """
        count = whole_number("count", count, least=2)
        seed = whole_number("seed", seed, least=0, most=MOST_SEED)
        if count > len(self):
            raise DataError(f"data.count asks for {count:,} images; {self.source} has {len(self):,}")
        order = torch.randperm(len(self), generator=torch.Generator().manual_seed(seed))
        chosen = order[:count].sort().values
        labels = None if self.labels is None else self.labels[chosen]
        return LabelledImages(self.images[chosen], labels, self.class_names, self.source)

    def line(self) -> str:
        """Return what the set is, in one line, with the number of images of each class."""
        size = f"{self.images.shape[3]}x{self.images.shape[2]}"
        counted = ", ".join(f"{name} {count:,}" for name, count in self.class_counts().items())
        return f"{self.source}: {len(self):,} images, {size}" + (f"; {counted}" if counted else "; no classes")


def _kind(values: Tensor) -> str:
    """Return a tensor's type and shape in words."""
    return str(values.dtype).removeprefix("torch.") + ("" if values.is_nested else f" {list(values.shape)}")
