"""The metrics by name: what each needs and which way is better. Light: the command line reads it before torch."""

import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ganmetrics import _plugins
from ganmetrics.errors import InputError
from ganmetrics.metrics.feature_metric import FeatureMetric

logger = logging.getLogger(__name__)

Need = Literal["moments", "spatial", "features", "logits", "classes", "pixels"]
"""What a metric reads of a side: moments of the features or the spatial ones, all features, logits, classes, pixels."""
IntervalOf = Literal["populations", "counts"]
"""What an interval is of: of the populations' number, or of the number that other images of these counts would have."""

UNKNOWN = "unknown"
"""The extractor of features that nobody has named."""


@dataclass(frozen=True, kw_only=True)
class Metric:
    """What is known of a metric before it is computed.

    Attributes:
        name: as `--metrics` spells it, and as a score is called with the canonical extractor.
        title: what messages call it.
        family: the metrics that are computed together.
        real: what it reads of the real side; empty where it is of the fake images alone.
        fake: what it reads of the fake side.
        least: images a side that it is defined from.
        lower_is_better: its direction.
        low: the least value that it can have.
        high: the greatest.
        other_name: what a score is called with another extractor, before the extractor's name.
        interval: what the interval is of that its scores carry; None where no honest one is known.
        network: the extractor whose published weights give the metric its own name; None where no network has a part.
        test: what it reads of real images that were held out from training; empty where it needs none.
    """

    name: str
    title: str
    family: str
    real: frozenset[Need]
    fake: frozenset[Need]
    least: int
    lower_is_better: bool
    low: float
    high: float
    other_name: str
    interval: IntervalOf | None
    network: str | None = "inception-v3"
    test: frozenset[Need] = frozenset()

    @property
    def needs_moments(self) -> bool:
        """Whether it is a distance of means and covariances, which few images make too large."""
        return "moments" in self.real

    def score_name(self, extractor: str, *, canonical: bool) -> str:
        """Return the name of a score: the field's own only with the canonical network and weights.

        >>> METRICS["fid"].score_name("inception-v3", canonical=True)
        'fid'
        >>> METRICS["fid"].score_name("efficientnet-lite0", canonical=False)
        'fd_efficientnet-lite0'
        >>> METRICS["fid"].score_name(UNKNOWN, canonical=False)
        'fd'
        >>> METRICS["cmmd"].score_name("clip-vit-l14-336", canonical=True)
        'cmmd'
        >>> METRICS["fwd"].score_name("efficientnet-lite0", canonical=False)
        'fwd'
        """
        if self.network is None:
            return self.name
        if extractor == UNKNOWN:
            return self.other_name
        return self.name if canonical and extractor == self.network else f"{self.other_name}_{extractor}"


def _of_both(
    name: str,
    title: str,
    family: str,
    *needs: Need,
    least: int = 2,
    lower_is_better: bool = True,
    low: float = 0.0,
    high: float = math.inf,
    other_name: str | None = None,
    interval: IntervalOf | None = None,
    network: str | None = "inception-v3",
) -> Metric:
    """Return a metric that reads the same of both sides."""
    return Metric(
        name=name,
        title=title,
        family=family,
        real=frozenset(needs),
        fake=frozenset(needs),
        least=least,
        lower_is_better=lower_is_better,
        low=low,
        high=high,
        other_name=other_name or name,
        interval=interval,
        network=network,
    )


def _of_neighbours(name: str, *, high: float = 1.0, interval: IntervalOf | None = "counts") -> Metric:
    """Return a metric of who is whose neighbour: higher is better."""
    return _of_both(name, name, "neighbours", "features", lower_is_better=False, high=high, interval=interval)


def _of_fidelity(name: str, interval: IntervalOf | None = None) -> Metric:
    """Return a share of fidelity or diversity: higher is better."""
    return _of_both(name, name, "fidelity", "features", lower_is_better=False, high=1.0, interval=interval)


def _of_curve(name: str) -> Metric:
    """Return a number that is read off the precision-recall curve: higher is better."""
    return _of_both(name, name, "curve", "features", least=1, lower_is_better=False, high=1.0)


def _of_fakes(
    name: str, title: str, family: str, *needs: Need, least: int, low: float, interval: IntervalOf | None = None
) -> Metric:
    """Return a metric of the fake images alone: higher is better."""
    return Metric(
        name=name,
        title=title,
        family=family,
        real=frozenset(),
        fake=frozenset(needs),
        least=least,
        lower_is_better=False,
        low=low,
        high=math.inf,
        other_name=name,
        interval=interval,
    )


def _of_held_out(
    name: str,
    title: str,
    *,
    lower_is_better: bool,
    low: float = -math.inf,
    high: float = math.inf,
    network: str = "inception-v3",
) -> Metric:
    """Return a metric of memorisation, which reads real images that were held out from training."""
    needs: frozenset[Need] = frozenset({"features"})
    return Metric(
        name=name,
        title=title,
        family="held_out",
        real=needs,
        fake=needs,
        test=needs,
        least=4,
        lower_is_better=lower_is_better,
        low=low,
        high=high,
        other_name=name,
        interval=None,
        network=network,
    )


METRICS = {
    metric.name: metric
    for metric in (
        _of_both("fid", "a Fréchet distance", "frechet", "moments", other_name="fd", interval="populations"),
        _of_both("sfid", "a spatial Fréchet distance", "frechet", "spatial", other_name="sfd", interval="populations"),
        # Unbiased, and so below 0 by chance. Its interval needs the variance of pairs.
        _of_both(
            "kid",
            "a kernel distance",
            "kernel",
            "features",
            least=4,
            low=-math.inf,
            other_name="kd",
            interval="populations",
        ),
        _of_both("mmd", "a Gaussian kernel's discrepancy", "kernel", "features", high=2000.0, interval="populations"),
        # The same discrepancy of CLIP's embeddings, of which it is the name (arXiv 2401.09603).
        _of_both(
            "cmmd",
            "CMMD",
            "kernel",
            "features",
            high=2000.0,
            interval="populations",
            network="clip-vit-l14-336",
        ),
        _of_both("mind", "a sliced distance", "sliced", "features", least=1, other_name="md", interval="populations"),
        # Few images make it too large, as they do every Fréchet distance, and its bands are not corrected.
        _of_both("fwd", "a Fréchet wavelet distance", "wavelets", "pixels", network=None),
        # One image for each of the ten splits of every protocol; the greatest value is the number of classes.
        _of_fakes("is", "an Inception Score", "inception", "logits", least=10, low=1.0, interval="counts"),
        _of_neighbours("precision"),
        _of_neighbours("recall"),
        _of_neighbours("density", high=math.inf),
        _of_neighbours("coverage"),
        # The median of radii and the norm of the real set among itself have a part in their spread that is not known.
        _of_fidelity("clipped_density"),
        _of_fidelity("clipped_coverage"),
        _of_fidelity("symmetric_precision", interval="counts"),
        _of_fidelity("symmetric_recall", interval="counts"),
        _of_fidelity("p_precision"),
        _of_fidelity("p_recall"),
        # Means over partitions, whose own chance is small beside that of the images, which nothing tells.
        _of_curve("curve_precision"),
        _of_curve("curve_recall"),
        # A median of ratios, whose spread the balls' sampling has a part in that leaving out images does not give.
        _of_neighbours("realism", high=math.inf, interval=None),
        _of_neighbours("authenticity"),
        # A ratio with a step in it, where a distance falls below a threshold.
        _of_both("mifid", "a memorisation-informed distance", "memorisation", "features", "moments"),
        # A fit of all variances together, a rank test and an exact test: these say how sure they are by themselves.
        _of_held_out("fld", "FLD", lower_is_better=True, network="dinov2-vitb14"),
        _of_held_out("fld_gap", "FLD's generalisation gap", lower_is_better=False, network="dinov2-vitb14"),
        _of_held_out("data_copying", "C_T", lower_is_better=False),
        _of_held_out("copied_share", "the share of copies", lower_is_better=True, low=0.0, high=1.0),
        # It grows with the number of images, and an image left out changes all eigenvalues.
        _of_fakes("vendi", "a Vendi score", "vendi", "features", least=1, low=1.0),
        _of_fakes("vendi_by_class", "a Vendi score by class", "vendi", "features", "classes", least=1, low=1.0),
        _of_fakes("rke", "a number of modes", "vendi", "features", least=1, low=1.0),
        # A count of what was found in these sets.
        _of_both("duplicates", "a count of duplicates", "duplicates", "features", least=3),
        # Classes have few images each: their distances are biased by more than they vary.
        _of_both("intra_fid", "a distance within classes", "classes", "features", "classes", other_name="intra_fd"),
        _of_both(
            "class_agreement",
            "class agreement",
            "classes",
            "features",
            "classes",
            lower_is_better=False,
            high=1.0,
            interval="counts",
        ),
    )
}


def _added() -> dict[str, Metric]:
    """Return the metrics of other packages; one that cannot be read, or has a name of ours, is said and left out."""
    found: dict[str, Metric] = {}
    for name in _plugins.names(_plugins.METRIC_GROUP):
        try:
            added = _plugins.load(_plugins.METRIC_GROUP, name)
        except InputError as error:
            logger.warning("metric left out: %s", error)
            continue
        if name in METRICS or not isinstance(added.thing, FeatureMetric):
            fault = "that name is taken" if name in METRICS else "it is no ganmetrics.FeatureMetric"
            logger.warning("metric left out: %s of %s: %s", name, added.package, fault)
            continue
        described = added.thing
        found[name] = _of_both(
            name,
            described.title,
            "added",
            "features",
            least=described.least,
            lower_is_better=described.lower_is_better,
            low=described.low,
            high=described.high,
        )
    return found


METRICS |= _added()

CONTESTED = ("fid", "kid", "precision", "recall")
"""The metrics by which two generators can be compared."""


def choose_metrics(names: Sequence[str], allowed: Sequence[str] = tuple(METRICS)) -> tuple[Metric, ...]:
    """Return the metrics of these names in order, each once.

    Raises:
        InputError: there is none, or one is unknown.

    >>> [metric.title for metric in choose_metrics(["fid", "fid"])]
    ['a Fréchet distance']
    """
    if isinstance(names, str) or not isinstance(names, Sequence):
        raise InputError(f"metrics must be a list or tuple of names; got {type(names).__name__}")
    unknown = [name for name in names if name not in allowed]
    if unknown or not names:
        raise InputError(f"metrics must be among {', '.join(allowed)}; got {', '.join(map(str, unknown)) or 'none'}")
    return tuple(METRICS[name] for name in dict.fromkeys(names))
