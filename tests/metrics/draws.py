"""A real set and two generators' sets of features, drawn."""

import numpy as np


def draw(seed, counts=(60, 40, 40), shifts=(0.0, 0.4, 0.4), dimension=4):
    """Return real features and two generators', whose means are `shifts` off in each feature."""
    rng = np.random.default_rng(seed)
    return tuple(rng.standard_normal((count, dimension)) + shift for count, shift in zip(counts, shifts, strict=True))
