"""Independent versions of the formulas in NumPy and SciPy, written from the papers."""

import warnings

import numpy as np
import scipy.linalg
import scipy.special


def frechet_by_sqrtm(mean1, covariance1, mean2, covariance2):
    """Return equation 6 of Heusel et al. (2017) as it stands, by the root of the product: the textbook's way."""
    with warnings.catch_warnings():
        # A singular product is what some tests hand in on purpose.
        warnings.simplefilter("ignore")
        root = scipy.linalg.sqrtm(covariance1 @ covariance2)
    return float(((mean1 - mean2) ** 2).sum() + np.trace(covariance1 + covariance2 - 2 * root.real))


def frechet_by_eigvals(mean1, covariance1, mean2, covariance2):
    """Return the same by the eigenvalues of the product, which is not symmetric."""
    roots = np.sqrt(np.linalg.eigvals(covariance1 @ covariance2).astype(complex)).real
    return float(((mean1 - mean2) ** 2).sum() + np.trace(covariance1 + covariance2) - 2 * roots.sum())


def inception_score_by_mutual_information(logits):
    """Return exp(I(x; y)) with I summed over the joint distribution of image and class."""
    joint = scipy.special.softmax(np.asarray(logits, dtype=np.float64), axis=1) / len(logits)
    independent = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0, keepdims=True)
    return float(np.exp(scipy.special.rel_entr(joint, independent).sum()))


def inception_score_by_entropies(logits):
    """Return exp(H(y) - H(y|x))."""
    conditional = scipy.special.softmax(np.asarray(logits, dtype=np.float64), axis=1)
    marginal_entropy = scipy.special.entr(conditional.mean(axis=0)).sum()
    return float(np.exp(marginal_entropy - scipy.special.entr(conditional).sum(axis=1).mean()))


def inception_score_naive(logits):
    """Return the score as p log(p / p(y)) spells it out: right until a probability underflows."""
    logits = np.asarray(logits, dtype=np.float64)
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    conditional = weights / weights.sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        divergence = conditional * (np.log(conditional) - np.log(conditional.mean(axis=0)))
    return float(np.exp(divergence.sum(axis=1).mean()))


def polynomial_kernel(x, y, degree=3, gamma=None, coef0=1.0):
    """Return (gamma x.y + coef0)^degree of every pair, gamma being 1/d unless given."""
    products = np.einsum("id,jd->ij", np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64))
    return (products * (1 / x.shape[1] if gamma is None else gamma) + coef0) ** degree


def gaussian_kernel(x, y, bandwidth):
    """Return exp(-|x - y|^2 / (2 bandwidth^2)) of every pair, from the differences themselves."""
    differences = np.asarray(x, dtype=np.float64)[:, None] - np.asarray(y, dtype=np.float64)[None]
    return np.exp(-(differences**2).sum(axis=2) / (2 * bandwidth**2))


def squared_mmd_unbiased(real, fake, kernel):
    """Return equation 3 of Gretton et al. (2012), pair by pair."""
    within = 0.0
    for side in (real, fake):
        values = kernel(side, side)
        within += values[~np.eye(len(side), dtype=bool)].mean()
    return within - 2 * kernel(real, fake).mean()


def squared_mmd_biased(real, fake, kernel):
    """Return their equation 5."""
    return kernel(real, real).mean() + kernel(fake, fake).mean() - 2 * kernel(real, fake).mean()


def vendi_by_similarities(features, order=1.0):
    """Return the Vendi score from the n x n matrix of cosines itself."""
    unit = features / np.linalg.norm(features, axis=1, keepdims=True)
    shares = np.linalg.eigvalsh(unit @ unit.T / len(unit))
    shares = shares[shares > 1e-12]
    if order == 1:
        return float(np.exp(scipy.special.entr(shares).sum()))
    return float((shares**order).sum() ** (1 / (1 - order)))
