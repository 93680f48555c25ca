"""The trace of the root of the covariances' product, from few images by the fit and from many by the law alone."""

import math
from typing import NamedTuple

import torch
from torch import Tensor

from ganmetrics.core.gaussian.product import FactorProduct
from ganmetrics.core.random_matrix.joint.covariance import Errors, Evidence, ImageTerms, errors, product_errors
from ganmetrics.core.random_matrix.joint.fit import Data, Fit, fit
from ganmetrics.core.random_matrix.joint.law import Law, dense_law, law
from ganmetrics.core.random_matrix.joint.priors import Weights
from ganmetrics.core.random_matrix.joint.spectra import Part, product_parts

DIRECT = 2.0
"""From so many degrees of freedom for each feature on both sides the law reaches every eigenvalue, and no fit is
needed: there both agree to a hundredth of a standard deviation."""
PRIOR_COUNT = 2.0
"""The priors' own scale is estimated from how far the fit is from them, with so many degrees of freedom of scale 1
added, so that spectra that happen to bend nowhere do not make the error vanish;"""
PRIOR_MOST = 4.0
"""and at most so much is made of a spectrum that contradicts them: there the data decide."""
LEVERAGE_BIAS = 1.5
"""What images' leverages leave of bias, in units of the variance of their squared scales over their number, times the
side's trace: subtracted. Before that `benchmarks/leverage_error.py` found 1 to 3.5 with 64 and 256 features, 16 to 256
images and variances of 0.1 to 0.9 (2.1 on average), and 0 to 2.5 with 1,024 features and 128 to 512 images (1.0). The
study's tails (sigma 1/4) have a variance of 0.28, features of photographs one of 0.01 to 0.1."""
LEVERAGE_GONE = 1.5
"""From so many images a feature on the smaller side nothing is subtracted; in proportion between one and this. With
1.5 images a feature and tails nothing is left of the bias (32 and 128 features, 200 draws)."""
LEVERAGE_MOST = 1.0
"""Of no larger variance is anything subtracted: beyond what was measured, a few images far out make it, not scales."""
LEVERAGE_ERROR = 1.0
"""How unsure that is, in the same units: the standard deviation of what was found is 0.9."""


class Known(NamedTuple):
    """What a second estimate with the same real side needs of the first.

    Attributes:
        real: the real side.
        product: the evidence of the product.
        errors: of all estimates, and of tr S1, tr S2.
        weights: how tr S1 + tr S2 - 2 R hangs on them, shape [m + 2].
        sizes: numbers of estimates of C1, of C2 and of the product; without a fit the first two are 0.
    """

    real: Part
    product: Evidence
    errors: Errors
    weights: Tensor
    sizes: tuple[int, int, int]


class RootTrace(NamedTuple):
    """An estimate of tr (C1 C2)^(1/2), and the variance of tr S1 + tr S2 less twice the estimate.

    Attributes:
        value: the estimate.
        gaussian: variance for Gaussian features.
        scales: what the images' scales add, for each side.
        supposed: what is not known from the images and only supposed smooth.
        pulls: for each side what each known image adds to that sum, times n; None where images are not known.
        leverages: standard error of what is subtracted of that sum because images are of unequal scale.
        chosen: what it adds to the variance that only some of the images are known, for each side.
        misfit: mean square of what the fit leaves of the estimates, in their standard errors; 0 without a fit.
        bent: mean square of what the priors leave of the spectra, in what they suppose; 0 without a fit.
        known: for comparing with another; None where a covariance is zero.
    """

    value: float
    gaussian: float
    scales: tuple[float, float]
    supposed: float
    pulls: tuple[Tensor | None, Tensor | None]
    leverages: float
    chosen: tuple[float, float]
    misfit: float
    bent: float
    known: Known | None


def root_by_fit(
    real: Part, fake: Part, size: int, weights: Weights | None = None, *, product: FactorProduct | None = None
) -> RootTrace:
    """Return the estimate from any number of images, by a joint fit of three spectra of `size` features.

        tr (C1 C2)^(1/2) = sum b^(1/2) + (1/pi) integral of (y - y_fit) d x^(1/2)   over the product's points.

    What the law tells is taken from it, the fit fills in what lies below its edge. The error is that of the estimates
    carried through the fit's normal equations, with that of the traces; and what the priors suppose, times how far
    the fitted spectra are from them. `product` is that of the factors, where its decomposition serves others, too.
    """
    parts = (real, fake)
    spectra = (real.spectrum, fake.spectrum, product_parts(real, fake, product))
    laws = (law(spectra[0], parts[:1]), law(spectra[1], parts[1:]), law(spectra[2], parts))
    one, other, both = (Evidence(*pair) for pair in zip(spectra, laws, strict=True))
    found = errors(parts, (one, other), both)
    data = Data((laws[0].x, laws[1].x, laws[2].x), (laws[0].y, laws[1].y, laws[2].y))
    covariance = found.total[:-2, :-2]
    solution = fit(size, data, covariance, (spectra[0].eigenvalues, spectra[1].eigenvalues), weights)
    basis = _Basis(parts, both, found, (len(laws[0].x), len(laws[1].x), len(laws[2].x)))
    estimate = _integrated(solution, laws[2], covariance)
    uneven = [(part, _uneven(part, rows)) for part, rows in zip(parts, found.rows, strict=True)]
    biased, doubtful = _unreached(laws[2], size, LEVERAGE_GONE), _unreached(laws[2], size, DIRECT)
    gains = torch.split(estimate.gain, [len(one.x) for one in laws])
    chosen = [
        _chosen_variance(part, [(laws[number], 0, gains[number]), (laws[2], number, gains[2])])
        for number, part in enumerate(parts)
    ]
    bias = biased * LEVERAGE_BIAS * sum(_share(part, min(v, LEVERAGE_MOST)) for part, v in uneven)
    unsure = doubtful * LEVERAGE_ERROR * sum(_share(part, max(v, 0.0)) for part, v in uneven)
    return _with_errors(
        basis, estimate._replace(value=estimate.value + bias / 2, leverages=unsure, chosen=(chosen[0], chosen[1]))
    )


def _integrated(solution: Fit, product: Law, covariance: Tensor) -> "_Estimate":
    """Return the trace of the root by the fitted spectrum and by what the law leaves of it."""
    roots, points, widths = solution.product.sqrt(), len(product.x), _root_widths(product)
    rest = product.y - solution.predicted[-points:]
    free = 0.5 * (roots @ solution.basis.weights).repeat(3) - solution.jacobian[-points:].mT @ widths
    gain = solution.gain.mT @ free
    gain[-points:] += widths
    bent = _bent(solution)
    supposed = 4 * float((solution.supposed @ (solution.inverse @ free)).square().sum()) * min(bent, PRIOR_MOST)
    variances = covariance.diagonal()[-points:]
    misfit = float((rest.square() / variances.clamp(min=1e-300)).mean()) if float(variances.max()) > 0 else 0.0
    return _Estimate(float(roots.sum() + widths @ rest), gain, supposed, 0.0, (0.0, 0.0), misfit, bent)


def _chosen_variance(part: Part, laws: list[tuple[Law, int, Tensor]]) -> float:
    """Return what it adds to the variance that the leverages of a side are a mean over some of its images only.

    Args:
        part: the side.
        laws: each with the side's number in it, and how the trace of the root hangs on its y.
    """
    effects = [one.effects @ gain for law, number, gain in laws if (one := law.leverages[number]) is not None]
    if not effects or part.freedom is None:
        return 0.0
    known, count = len(effects[0]), part.freedom + 1
    if known >= count:
        return 0.0
    return 4 * float(sum(effects[1:], effects[0]).var()) / known * (1 - known / count)


def _uneven(part: Part, rows: ImageTerms | None) -> float:
    """Return the variance of the images' squared scales; by chance it may be below 0, so that Gaussian images have 0.

    The law takes what a scale does from the image's leverage, which is right as images grow many. What is left is of
    the order of this times an image's share of the trace, and makes the sum of traces less twice the root too large.
    """
    if rows is None or part.freedom is None:
        return 0.0
    return (float(rows.raw[:, -1].var()) - float(rows.chance[-1, -1]) * part.freedom) / part.trace**2


def _share(part: Part, times: float) -> float:
    """Return so many times an image's share of the trace."""
    return 0.0 if part.freedom is None else times * part.trace / part.freedom


def _unreached(product: Law, size: int, reached: float) -> float:
    """Return 1 up to one image a feature on the smaller side, 0 from `reached` on, in proportion between."""
    ratio = min((freedom for freedom in product.freedoms if freedom is not None), default=2 * size) / size
    return min(max((reached - ratio) / (reached - 1), 0.0), 1.0)


def root_by_law(real: Part, fake: Part, *, product: FactorProduct | None = None) -> RootTrace:
    """Return the estimate from more images than features on both sides: (1/pi) integral of y d x^(1/2), no fit.

    It is `corrected_trace_sqrt_product` with `mean_shift`, but for the images' leverages.
    """
    spectrum = product_parts(real, fake, product)
    both, widths = dense_law(spectrum, (real, fake))
    found = product_errors((real, fake), Evidence(spectrum, both))
    basis = _Basis((real, fake), Evidence(spectrum, both), found, (0, 0, len(widths)))
    first, second = (_chosen_variance(part, [(both, number, widths)]) for number, part in enumerate((real, fake)))
    return _with_errors(basis, _Estimate(float(widths @ both.y), widths, 0.0, 0.0, (first, second), 0.0, 0.0))


class _Estimate(NamedTuple):
    value: float
    gain: Tensor
    supposed: float
    leverages: float
    chosen: tuple[float, float]
    misfit: float
    bent: float


class _Basis(NamedTuple):
    parts: tuple[Part, Part]
    product: Evidence
    errors: Errors
    sizes: tuple[int, int, int]


def _with_errors(basis: _Basis, estimate: _Estimate) -> RootTrace:
    found = basis.errors
    weights = torch.cat([-2 * estimate.gain, torch.ones(2, dtype=torch.float64)])
    gaussian = max(float(weights @ found.gaussian @ weights), 0.0)
    pairs = list(zip(basis.parts, found.rows, strict=True))
    first, second = (0.0 if rows is None else _scale_variance(rows, weights[rows.at], part) for part, rows in pairs)
    one, other = (None if rows is None else rows.drawn @ weights[rows.at] for _, rows in pairs)
    known = Known(basis.parts[0], basis.product, found, weights, basis.sizes)
    value, _, supposed, moved, chosen, misfit, bent = estimate
    return RootTrace(value, gaussian, (first, second), supposed, (one, other), moved, chosen, misfit, bent, known)


def _scale_variance(rows: ImageTerms, weights: Tensor, part: Part) -> float:
    """Return what the images' scales add to the variance of a weighted sum of estimates.

    Two ways lead there. The rows freed of chance point by point are never too small, but much too large where a scale
    moves all estimates alike and cancels in the sum (two sides alike). The sum's own variance over images, less what it
    has by chance, cancels rightly. So: the second, where it is above 0, and no more than the first. With two of its
    standard errors added, and twice the lower bound of the means' variance, 95 % intervals covered 98.7 % (64 features,
    32 cells of 200 draws); so they cover 96.3 %.
    """
    count = 1 if part.freedom is None else part.freedom + 1
    most = float((rows.drawn @ weights).var()) / count
    chance = max(float(weights @ rows.chance @ weights), 0.0)
    return min(most, max(float((rows.raw @ weights).var()) / count - chance, 0.0))


def _root_widths(law: Law) -> Tensor:
    """Return weights w with w @ y = (1/pi) integral of y d x^(1/2), by the trapezoid rule."""
    steps = law.x.sqrt().diff() / (2 * math.pi)
    widths = torch.zeros_like(law.x)
    widths[1:] += steps
    widths[:-1] += steps
    return widths


def _bent(solution: Fit) -> float:
    """Return the variance of the priors' residuals over what was supposed (MacKay's evidence, 1992, one step)."""
    distance = float((solution.supposed @ solution.values).square().sum())
    free = len(solution.values) - float((solution.supposed.mT @ solution.supposed * solution.inverse.mT).sum())
    return (distance + PRIOR_COUNT) / (free + PRIOR_COUNT)
