"""MiFID: the Fréchet distance, raised where fake images repeat real ones."""

from ganmetrics.metrics.catalogue import METRICS
from ganmetrics.metrics.neighbours.memorisation import THRESHOLD, memorisation_distance, mifid
from ganmetrics.scoring.comparison import Comparison
from ganmetrics.scoring.family import Scored, features_of
from ganmetrics.scoring.frechet import frechet_value
from ganmetrics.scoring.options import ScoringOptions


def memorisation_scores(comparison: Comparison, names: tuple[str, ...], options: ScoringOptions) -> Scored:
    """Return ``mifid``.

    Raises:
        InputError: there is no real side, or a side's features were not kept, or an image's are all zero.
    """
    (name,) = names
    metric = METRICS[name]
    real, fake = (features_of(metric, side) for side in comparison.both(metric))
    distance = memorisation_distance(real, fake, memory=options.memory)
    value = mifid(frechet_value(comparison, "fid"), distance)
    made = {"memorisation_distance": distance, "threshold": THRESHOLD, "penalised": distance < THRESHOLD}
    return Scored({name: comparison.score(metric, value, made=made)})
