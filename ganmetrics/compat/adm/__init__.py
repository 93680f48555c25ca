"""The evaluator of guided diffusion (ADM): ``python -m ganmetrics.compat.adm REF SAMPLES``."""

from ganmetrics.compat.adm.evaluator import LINES, compute_scores

__all__ = ["LINES", "compute_scores"]
