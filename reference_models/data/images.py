"""`LabelledImages`: a whole data set in memory, as uint8."""

from dataclasses import dataclass

import torch
from torch import Tensor

from reference_models.errors import DataError


@dataclass(frozen=True, eq=False)
class LabelledImages:
    """Images of one size with their classes.

    Attributes:
        images: uint8 [n, 3, s, s].
        labels: int64 [n]; None where the source has no classes.
        class_names: of the labels, in order; empty without labels.
        source: what messages call the set.

    Raises:
        DataError: fewer than two images, or labels that are not of these classes.
    """

    images: Tensor
    labels: Tensor | None
    class_names: tuple[str, ...]
    source: str

    def __post_init__(self) -> None:
        if len(self.images) < 2:  # noqa: PLR2004 - one image has no distribution
            raise DataError(f"training needs at least 2 images; {self.source} has {len(self.images)}")
        if self.labels is None:
            return
        if len(self.labels) != len(self.images):
            raise DataError(f"{self.source} needs a label an image; it has {len(self.labels)} for {len(self.images)}")
        low, high = int(self.labels.min()), int(self.labels.max())
        if low < 0 or high >= len(self.class_names):
            raise DataError(
                f"labels of {self.source} must be from 0 to {len(self.class_names) - 1}; they are from {low} to {high}"
            )

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
