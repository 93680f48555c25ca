"""Two sides that may be compared, what they have in common, and what must be said of them."""

import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from ganmetrics._text import clipped
from ganmetrics.core.outliers import outlying_row
from ganmetrics.data.mismatches import aspect_mismatch, lossy_mismatch, unused_depth
from ganmetrics.errors import InputError, NotEnoughSamples
from ganmetrics.features.base import ExtractorSpec
from ganmetrics.metrics.catalogue import Metric
from ganmetrics.protocols import PROTOCOLS, Protocol, protocol_of
from ganmetrics.references.key import library_versions
from ganmetrics.references.reference import Reference
from ganmetrics.references.sides import Side
from ganmetrics.report import Score
from ganmetrics.scoring.options import ScoringOptions

logger = logging.getLogger(__name__)

INTERVAL_FROM = 16
"""Images a side from which there is an interval: two for each block."""
CALIBRATED_FROM = 100
"""Images a side from which a study bears an interval at these counts out (docs/metrics.md)."""


class Interval(NamedTuple):
    """How sure a score is: the number freed of the counts, where there is one, and where the number lies."""

    corrected: float | None
    low: float
    high: float
    confidence: float
    calibrated: bool


def interval_at_counts(low: float, high: float, options: ScoringOptions, *, calibrated: bool) -> Interval:
    """Return the interval of a number that depends on the counts, of which nothing is corrected."""
    return Interval(None, low, high, options.confidence, calibrated)


def made_of(interval: Interval) -> dict[str, str]:
    """Return what the provenance says of an interval at these counts."""
    return {"interval": f"{'calibrated' if interval.calibrated else 'not calibrated'}, at these counts"}


@dataclass(frozen=True)
class Comparison:
    """Two sides that may be compared, and what they have in common.

    Attributes:
        real: the real side; None where no metric needs it.
        fake: the fake side.
        spec: the extractor of both.
        protocol: the conventions of both.
        test: real images that were held out from training; None where there are none.
    """

    real: Side | None
    fake: Side
    spec: ExtractorSpec
    protocol: Protocol
    test: Side | None = None

    @classmethod
    def of(cls, real: Side | None, fake: Side, test: Side | None = None) -> "Comparison":
        """Return the comparison; extractor and protocol come from a side that knows them.

        Raises:
            InputError: neither side says how it was made.
        """
        for side in (fake, real):
            if side is not None and side.identity is not None:
                identity = side.identity
                known = protocol_of(identity.protocol, identity.spec.name) or PROTOCOLS.get(identity.protocol)
                protocol = known or Protocol(identity.protocol, (), None, None)
                return cls(real, fake, identity.spec, protocol, test)
        sources = " nor ".join(side.reference.source for side in (real, fake) if side is not None)
        raise InputError(f"one side must say how it was made; neither {sources} does")

    @property
    def sides(self) -> dict[str, Reference]:
        """The statistics of the sides that there are, by their role."""
        fake = {"fake": self.fake.reference}
        return fake if self.real is None else {"real": self.real.reference, **fake}

    def both(self, metric: Metric) -> tuple[Side, Side]:
        """Return the two sides of a metric that needs both.

        Raises:
            InputError: there is no real one.
            NotEnoughSamples: a side has fewer images than the metric is defined from.
        """
        if self.real is None:
            raise InputError(f"{metric.title} needs two sides; there is no real one")
        for side in self.sides.values():
            if side.count is not None and side.count < metric.least:
                raise NotEnoughSamples(
                    f"{metric.title} needs at least {metric.least} {side.things} a side; {side.name} has {side.count}"
                )
        return self.real, self.fake

    def held_out(self, metric: Metric) -> Side:
        """Return the held-out real images, for a metric that reads them.

        Raises:
            InputError: there are none.
            NotEnoughSamples: there are fewer than the metric is defined from.
        """
        if self.test is None:
            raise InputError(f"{metric.title} needs real images held out from training (--test); there are none")
        count = self.test.reference.count
        if count is not None and count < metric.least:
            raise NotEnoughSamples(f"{metric.title} needs at least {metric.least} held-out images; got {count}")
        return self.test

    def provenance(self) -> dict[str, Any]:
        """Return all that produced the scores, as plain JSON values."""
        return {
            "versions": library_versions(),
            "extractor": asdict(self.spec),
            "protocol": self.protocol.name,
            "real": None if self.real is None else self.real.reference.provenance(),
            "fake": self.fake.reference.provenance(),
            **({} if self.test is None else {"test": self.test.reference.provenance()}),
            "notes": list(self.notes()),
        }

    def notes(self) -> tuple[str, ...]:
        """Return what a reader of the number must know beside it."""
        skipped = {
            role: len(side.audit.bad) for role, side in self.sides.items() if side.audit is not None and side.audit.bad
        }
        lost = [
            f"{count:,} unreadable {role} image{'' if count == 1 else 's'} skipped" for role, count in skipped.items()
        ]
        return (*lost, *self._origins())

    def _origins(self) -> list[str]:
        """Return what is to be said of statistics that do not say how they were made."""
        sides = {"real": self.real, "fake": self.fake}
        open_ones = {role: side for role, side in sides.items() if side is not None and side.reference.identity is None}
        return [
            f"{role}: origin {'vouched for by the caller' if side.vouched else 'unknown'}"
            for role, side in open_ones.items()
            if side.taken_for is not None
        ]

    def name_of(self, metric: Metric) -> str:
        """Return what a score of the two sides is called."""
        return metric.score_name(self.spec.name, canonical=self.spec.canonical)

    def warn(self, metrics: Sequence[Metric]) -> None:
        """Say whatever makes the two sides less than comparable by these metrics."""
        for warning in self.warnings(metrics):
            logger.warning("%s", warning)

    def warnings(self, metrics: Sequence[Metric]) -> list[str]:
        """Return whatever makes the two sides less than comparable by these metrics."""
        said = []
        for role, side in self.sides.items():
            oddities = {} if side.audit is None else side.audit.oddities
            said += [
                f"{role}: {oddity} in {count:,} images (--alpha chooses)"
                for oddity, count in oddities.items()
                if "alpha" in oddity
            ]
        said += self._outliers()
        if self.real is None:
            return said
        real, fake = self.real.reference, self.fake.reference
        if real.contents and real.contents == fake.contents:
            said.append(f"real and fake hold the same {real.things}: {real.name} and {fake.name}")
        if real.audit is not None and fake.audit is not None:
            squares = "crop center" in self.spec.preprocessing
            found = (
                lossy_mismatch(real.audit, fake.audit),
                None if squares else aspect_mismatch(real.audit, fake.audit),
                unused_depth(real.audit, "real"),
                unused_depth(fake.audit, "fake"),
            )
            said += [mismatch for mismatch in found if mismatch is not None]
        if any(metric.needs_moments for metric in metrics):
            said += self._too_few()
        return said

    def score(
        self,
        metric: Metric,
        value: float,
        *,
        std: float | None = None,
        interval: Interval | None = None,
        notes: tuple[str, ...] = (),
        made: dict[str, Any] | None = None,
    ) -> Score:
        """Return a score of the two sides; the real one is named only by metrics that read it.

        Args:
            metric: what was computed.
            value: the classical number.
            std: its standard deviation over splits or subsets.
            interval: how sure it is.
            notes: what a reader of the number must know beside what is said of the sides.
            made: what was chosen for this metric, for its provenance.
        """
        return Score(
            name=self.name_of(metric),
            value=value,
            corrected=None if interval is None else interval.corrected,
            low=None if interval is None else interval.low,
            high=None if interval is None else interval.high,
            confidence=None if interval is None else interval.confidence,
            calibrated=None if interval is None else interval.calibrated,
            std=std,
            real_count=None if self.real is None or not metric.real else self.real.count_for(metric.real),
            fake_count=self.fake.count_for(metric.fake),
            extractor=self.spec.name,
            protocol=self.protocol.name,
            lower_is_better=metric.lower_is_better,
            one_sided=not metric.real,
            at_counts=metric.interval == "counts",
            notes=(*self.notes(), *notes),
            made=made or {},
            provenance=self.provenance(),
            metric=metric.name,
        )

    def _outliers(self) -> list[str]:
        """Return what is to be said of a single image that decides every sum over images."""
        said = []
        for role, side in {"real": self.real, "fake": self.fake}.items():
            found = None if side is None or side.features is None else outlying_row(side.features)
            if side is not None and found is not None:
                row, times = found
                image = f"row {row}" if side.rows is None else clipped(side.rows.label(row))
                said.append(f"{role}: the features of {image} are {times:.3g} times as long as most: it alone decides")
        return said

    def _too_few(self) -> list[str]:
        few = {role: side.count for role, side in self.sides.items()}
        counts = [f"{role} has {count:,}" for role, count in few.items() if count and count <= self.spec.dimension]
        if not counts:
            return []
        things = self.fake.reference.things
        return [
            f"{' and '.join(counts)} {things}, no more than the {self.spec.dimension:,} features: the plain Fréchet "
            "distance is then far too large; compare it at equal counts only, or take the corrected one, which there "
            f"is from 16 {things} a side on"
        ]
