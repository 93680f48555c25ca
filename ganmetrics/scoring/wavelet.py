"""FWD: the Fréchet distance of pixels in frequency bands."""

from dataclasses import replace

from ganmetrics.errors import InputError
from ganmetrics.metrics.catalogue import METRICS
from ganmetrics.metrics.wavelet import WaveletMoments, frechet_wavelet_distance
from ganmetrics.references.sides import Side
from ganmetrics.scoring.comparison import Comparison
from ganmetrics.scoring.family import Scored
from ganmetrics.scoring.options import ScoringOptions


def wavelet_scores(comparison: Comparison, names: tuple[str, ...], options: ScoringOptions) -> Scored:
    """Return ``fwd``, whose extractor is the transform and whose protocol is its level.

    Raises:
        InputError: there is no real side, a side's packets were not gathered, or the two have images of other sizes.
    """
    (name,) = names
    metric = METRICS[name]
    real, fake = (_wavelets_of(side) for side in comparison.both(metric))
    sizes = [side.bands[0].dimension for side in (real, fake)]
    if sizes[0] != sizes[1]:
        raise InputError(f"fwd needs images of one size on both sides; got bands of {sizes[0]} and {sizes[1]} values")
    score = comparison.score(metric, frechet_wavelet_distance(real, fake), made={"level": options.wavelet_level})
    return Scored({name: replace(score, extractor="haar-packets", protocol=f"level-{options.wavelet_level}")})


def _wavelets_of(side: Side) -> WaveletMoments:
    if side.wavelets is None:
        raise InputError(f"fwd needs whole images; {side.reference.source} holds none of their packets")
    return side.wavelets
