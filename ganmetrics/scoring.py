"""From the statistics of two sides to scores that say what produced them."""

import logging
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor

from ganmetrics.data.audit import lossy_mismatch
from ganmetrics.errors import InputError, NotEnoughSamples
from ganmetrics.features.base import ExtractorSpec
from ganmetrics.metrics.catalogue import METRICS, Metric
from ganmetrics.metrics.frechet import frechet_distance
from ganmetrics.metrics.inception_score import CONVENTIONS, inception_score
from ganmetrics.protocols import PROTOCOLS
from ganmetrics.report import Report, Score
from ganmetrics.statistics.gather import Side
from ganmetrics.statistics.key import library_versions
from ganmetrics.statistics.reference import Reference

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Comparison:
    """Two sides that may be compared, and what they have in common.

    Attributes:
        real: statistics of the real images; None where no metric needs them.
        fake: statistics of the fake images.
        spec: the extractor of both.
        protocol: the conventions of both.
    """

    real: Reference | None
    fake: Reference
    spec: ExtractorSpec
    protocol: str

    @classmethod
    def of(cls, real: Reference | None, fake: Reference) -> "Comparison":
        """Return the comparison; extractor and protocol come from a side that knows them.

        Raises:
            InputError: neither side says how it was made.
        """
        for side in (fake, real):
            if side is not None and side.identity is not None:
                return cls(real, fake, side.identity.spec, side.identity.protocol)
        sources = " nor ".join(side.source for side in (real, fake) if side is not None)
        raise InputError(f"one side must say how it was made; neither {sources} does")

    @property
    def sides(self) -> dict[str, Reference]:
        """The sides that there are, by their role."""
        return {"fake": self.fake} if self.real is None else {"real": self.real, "fake": self.fake}

    def frechet_distance(self) -> Score:
        """Return the Fréchet distance of the two sides.

        Raises:
            NotEnoughSamples: a side has one image only.
            InputError: there is no real side.
        """
        if self.real is None:
            raise InputError("a Fréchet distance needs two sides; there is no real one")
        for side in (self.real, self.fake):
            if side.count is not None and side.count <= 1:
                needed = "a Fréchet distance needs at least 2 images a side"
                raise NotEnoughSamples(f"{needed}; {side.source} has {side.count}")
        ddof = PROTOCOLS[self.protocol].ddof
        real, fake = (side.moments.with_ddof(ddof) for side in (self.real, self.fake))
        return self._score(METRICS["fid"], frechet_distance(real, fake))

    def inception_score(self, logits: Tensor | None) -> Score:
        """Return the Inception Score of the fake side's logits, by the protocol's convention.

        Raises:
            InputError: the extractor has no logits.
            NotEnoughSamples: there are fewer images than splits.
        """
        if logits is None:
            raise InputError(f"an Inception Score needs logits; extractor {self.spec.name} has none")
        convention = PROTOCOLS[self.protocol].inception_score
        # torchmetrics shuffles by torch's global generator; here a seed of our own makes the number repeatable.
        rng = torch.Generator().manual_seed(0) if CONVENTIONS[convention].shuffled_by_rng else None
        result = inception_score(logits, convention=convention, rng=rng)
        return self._score(METRICS["is"], result.value, std=result.std)

    def provenance(self) -> dict[str, Any]:
        """Return all that produced the scores, as plain JSON values."""
        return {
            "versions": library_versions(),
            "extractor": asdict(self.spec),
            "protocol": self.protocol,
            "real": None if self.real is None else self.real.provenance(),
            "fake": self.fake.provenance(),
            "notes": list(self.notes()),
        }

    def notes(self) -> tuple[str, ...]:
        """Return what a reader of the number must know beside it."""
        skipped = {
            role: len(side.audit.bad) for role, side in self.sides.items() if side.audit is not None and side.audit.bad
        }
        return tuple(
            f"{count:,} unreadable {role} image{'' if count == 1 else 's'} skipped" for role, count in skipped.items()
        )

    def warn(self) -> None:
        """Say whatever makes the two sides less than comparable."""
        for role, side in self.sides.items():
            oddities = {} if side.audit is None else side.audit.oddities
            for treatment in (oddity for oddity in oddities if "alpha" in oddity):
                logger.warning("%s: %s in %s images (--alpha chooses)", role, treatment, f"{oddities[treatment]:,}")
        if self.real is None:
            return
        if self.real.contents and self.real.contents == self.fake.contents:
            logger.warning("real and fake hold the same images: %s and %s", self.real.source, self.fake.source)
        if self.real.audit is not None and self.fake.audit is not None:
            mismatch = lossy_mismatch(self.real.audit, self.fake.audit)
            if mismatch is not None:
                logger.warning("%s", mismatch)
        self._warn_of_few()

    def _warn_of_few(self) -> None:
        few = {role: side.count for role, side in self.sides.items()}
        counts = [f"{role} has {count:,}" for role, count in few.items() if count and count <= self.spec.dimension]
        if counts:
            logger.warning(
                "%s images, no more than the %s features: the Fréchet distance is then far too large; compare it at "
                "equal counts only",
                " and ".join(counts),
                f"{self.spec.dimension:,}",
            )

    def _score(self, metric: Metric, value: float, *, std: float | None = None) -> Score:
        return Score(
            name=metric.score_name(self.spec.name, canonical=self.spec.canonical),
            value=value,
            std=std,
            real_count=None if self.real is None else self.real.count,
            fake_count=self.fake.count,
            extractor=self.spec.name,
            protocol=self.protocol,
            lower_is_better=metric.lower_is_better,
            notes=self.notes(),
            provenance=self.provenance(),
        )


def score_sides(metrics: tuple[Metric, ...], real: Side | None, fake: Side) -> Report:
    """Return the scores of `metrics`, after saying whatever makes them less than comparable.

    Raises:
        NotEnoughSamples: a side has fewer images than a metric is defined for.
        InputError: a metric needs logits and the extractor has none.
    """
    comparison = Comparison.of(None if real is None else real.reference, fake.reference)
    comparison.warn()
    scores = [
        comparison.frechet_distance() if metric.name == "fid" else comparison.inception_score(fake.logits)
        for metric in metrics
    ]
    return Report({score.name: score for score in scores}, comparison.provenance())
