"""From the statistics of two sides to scores that say what produced them."""

from ganmetrics.scoring.comparison import Comparison
from ganmetrics.scoring.options import ScoringOptions
from ganmetrics.scoring.ranking import score_generators
from ganmetrics.scoring.scores import Baseline, score_sides

__all__ = ["Baseline", "Comparison", "ScoringOptions", "score_generators", "score_sides"]
