"""What Hypothesis draws: feature sets, rotations and ways to cut a set."""

import numpy as np
from hypothesis import strategies as st


@st.composite
def feature_sets(draw, dimension=None, largest_count=24, smallest_count=2):
    """Draw features [n, d] of varied scale and offset, with fewer or more images than dimensions."""
    width = draw(st.integers(1, 8)) if dimension is None else dimension
    count = draw(st.integers(smallest_count, largest_count))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    scale = 10.0 ** draw(st.integers(-3, 3))
    return scale * (rng.standard_normal((count, width)) + draw(st.integers(-3, 3)))


@st.composite
def pairs_of_feature_sets(draw):
    """Draw two feature sets of one dimension."""
    dimension = draw(st.integers(1, 8))
    return draw(feature_sets(dimension)), draw(feature_sets(dimension))


def rotation(dimension, seed):
    """Return a random orthogonal matrix."""
    rng = np.random.default_rng(seed)
    return np.linalg.qr(rng.standard_normal((dimension, dimension)))[0]
