"""A covariance that can be inverted, however few images there are."""

from ganmetrics._types import Covariance, FeatureMatrix


def shrunk_covariance(centred: FeatureMatrix) -> Covariance:
    """Return Ledoit and Wolf's covariance, (1 - s) S + s (tr S / d) I (J. Multivariate Analysis 88, 2004).

    S = X^T X / n is pulled towards a multiple of the identity by the share s = min(b^2, e^2) / e^2 that has the least
    expected squared error: e^2 = |S - m I|^2 is how far S is from the target m I, m = tr S / d, and b^2 the mean over
    rows of |x x^T - S|^2 / n, how far S is from what it estimates.

    Args:
        centred: rows less their mean (or their class's), shape [n, d].

    Returns:
        Positive definite unless all rows are zero, shape [d, d].

    >>> import torch
    >>> rows = torch.tensor([[1.0, 0.0, 0.0], [-1.0, 0.0, 0.0]], dtype=torch.float64)
    >>> shrunk_covariance(torch.cat([rows, 2 * rows.roll(1, dims=1)])).diagonal().min() > 0
    tensor(True)
    """
    count, dimension = centred.shape
    covariance = centred.mT @ centred / count
    scale = float(covariance.trace()) / dimension
    squared = float(covariance.square().sum())
    spread = squared - dimension * scale**2
    if spread <= 0:
        return covariance
    # The mean over rows of |x x^T - S|^2 is that of |x|^4, less |S|^2.
    noise = (float(centred.square().sum(dim=1).square().mean()) - squared) / count
    share = min(max(noise, 0.0), spread) / spread
    shrunk: Covariance = (1 - share) * covariance
    shrunk.diagonal().add_(share * scale)
    return shrunk
