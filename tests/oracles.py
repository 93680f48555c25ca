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
