"""From the statistics of two sides to scores that say what produced them."""

from ganmetrics.scoring.comparison import Comparison
from ganmetrics.scoring.options import ScoringOptions
from ganmetrics.scoring.scores import score_sides

__all__ = ["Comparison", "ScoringOptions", "score_sides"]
