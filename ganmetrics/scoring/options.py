"""What a user may choose about the metrics themselves."""

from dataclasses import dataclass
from typing import TypedDict

from ganmetrics.core.checks import at_least, positive, probability, seed_number, whole
from ganmetrics.core.memory import MEMORY
from ganmetrics.errors import InputError
from ganmetrics.extraction.feature_store import check_memory


class IntervalKeywords(TypedDict, total=False):
    """What a user may choose about intervals, as keywords."""

    interval: bool
    confidence: float


class ScoringKeywords(IntervalKeywords, total=False):
    """The fields of `ScoringOptions`, as keywords of a public function."""

    floor: bool
    k: int | None
    subsets: int | None
    subset_size: int | None
    splits: int | None
    vendi_order: float
    bandwidth: float | None
    wavelet_level: int
    seed: int
    memory: int


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
        vendi_order: q of the Vendi score's entropy, 0 or more, infinity allowed; a smaller one counts rare kinds more.
        bandwidth: of the Gaussian kernel of ``rke``, in units of the features.
        wavelet_level: halvings of each side for ``fwd``, which looks at 4^level bands.
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
    vendi_order: float = 1.0
    bandwidth: float | None = None
    wavelet_level: int = 4
    seed: int = 0
    memory: int = MEMORY

    @classmethod
    def of(cls, scoring: "ScoringOptions | None", options: ScoringKeywords, *, seed: int) -> "ScoringOptions":
        """Return the value that a public function was given, as a whole or as keywords.

        Raises:
            InputError: it was given both.
        """
        if scoring is None:
            choices: ScoringKeywords = {"seed": seed}
            choices.update(options)
            return cls(**choices)
        if not isinstance(scoring, cls):
            raise InputError(f"scoring must be ScoringOptions; got {type(scoring).__name__}")
        if options:
            raise InputError(f"ScoringOptions hold all choices; got {', '.join(options)} beside them")
        return scoring

    def __post_init__(self) -> None:
        """Check kinds and ranges, before the images cost anything."""
        for name in ("interval", "floor"):
            if not isinstance(getattr(self, name), bool):
                raise InputError(f"{name} must be True or False; got {type(getattr(self, name)).__name__}")
        object.__setattr__(self, "confidence", probability("confidence", self.confidence))
        for name in ("k", "subsets", "subset_size", "splits"):
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, whole(name, value, least=1))
        order = at_least("vendi_order", self.vendi_order, 0.0, finite=False)
        object.__setattr__(self, "vendi_order", order)
        if self.bandwidth is not None:
            object.__setattr__(self, "bandwidth", positive("bandwidth", self.bandwidth))
        object.__setattr__(self, "wavelet_level", whole("wavelet_level", self.wavelet_level, least=1))
        object.__setattr__(self, "seed", seed_number("seed", self.seed))
        object.__setattr__(self, "memory", whole("memory", self.memory, least=1))
        check_memory(self.memory)

    def bandwidth_of_modes(self) -> float:
        """Return the bandwidth of rke's kernel, which has no good default.

        Raises:
            InputError: none was given.
        """
        if self.bandwidth is None:
            raise InputError(
                "rke needs the bandwidth of its kernel in units of the features (--bandwidth); there is none"
            )
        return self.bandwidth
