"""What a user may choose about the metrics themselves."""

from dataclasses import dataclass

from ganmetrics.core.checks import at_least, probability, seed_number, whole
from ganmetrics.core.memory import MEMORY
from ganmetrics.extraction.feature_store import check_memory


@dataclass(frozen=True)
class ScoringOptions:
    """How scores are computed from the statistics of two sides.

    Attributes:
        interval: whether scores get an interval, and distances a corrected value.
        confidence: of the interval, between 0 and 1.
        floor: whether one half of the real images is scored against the other as well.
        k: rank of the neighbour whose distance is the radius, for precision, recall, density and coverage; None for
            the protocol's.
        subsets: how many subsets the kernel distance averages over; None for the protocol's.
        subset_size: images in each; None for the protocol's, at most the count.
        splits: parts of the Inception Score; None for the protocol's.
        seed: of subsets and shuffles where a protocol's library leaves them to a global generator.
        memory: bytes that blocks of distances and features may take.

    Raises:
        InputError: an option is out of range.
    """

    interval: bool = True
    confidence: float = 0.95
    floor: bool = False
    k: int | None = None
    subsets: int | None = None
    subset_size: int | None = None
    splits: int | None = None
    seed: int = 0
    memory: int = MEMORY

    def __post_init__(self) -> None:
        """Check the ranges, before the images cost anything."""
        probability("confidence", self.confidence)
        for name in ("k", "subsets", "subset_size", "splits"):
            value = getattr(self, name)
            if value is not None:
                whole(name, value, least=1)
        seed_number("seed", self.seed)
        at_least("memory", self.memory, 1.0)
        check_memory(self.memory)
