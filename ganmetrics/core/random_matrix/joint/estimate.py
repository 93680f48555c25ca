"""The trace of the root of the covariances' product from a few images, and how it errs."""

import math
from typing import NamedTuple

import torch
from torch import Tensor

from ganmetrics.core.random_matrix.joint.covariance import Errors, Evidence, errors
from ganmetrics.core.random_matrix.joint.fit import Data, Fit, fit
from ganmetrics.core.random_matrix.joint.law import law
from ganmetrics.core.random_matrix.joint.priors import Weights
from ganmetrics.core.random_matrix.joint.spectra import Part, product_spectrum, side_spectrum


class JointFit(NamedTuple):
    """All that is known after a fit.

    Attributes:
        root: estimate of tr (C1 C2)^(1/2).
        gain: how `root` follows the estimates y, shape [m].
        errors: their covariances, and those of the traces.
        supposed: variance of `root` by what the priors suppose.
        solution: the fit.
        evidence: of C1, C2, C1 C2.
    """

    root: float
    gain: Tensor
    errors: Errors
    supposed: float
    solution: Fit
    evidence: tuple[Evidence, Evidence, Evidence]


def joint_fit(real: Part, fake: Part, size: int, weights: Weights = Weights(), cov: str = "full") -> JointFit:
    """Return the trace of the root of the product of two populations' covariances of `size` features."""
    parts = (real, fake)
    spectra = [side_spectrum(real), side_spectrum(fake), product_spectrum(real, fake)]
    laws = [law(spectra[0], parts[:1]), law(spectra[1], parts[1:]), law(spectra[2], parts)]
    one, other, both = (Evidence(*pair) for pair in zip(spectra, laws, strict=True))
    found = errors(parts, (one, other), both)
    data = Data(tuple(each.x for each in laws), tuple(each.y for each in laws))
    sizes=[len(l.t) for l in laws]
    m = sum(sizes)
    vg = found.gaussian[:m, :m].clone()
    if cov == 'trial':
        o=[0,sizes[0],sizes[0]+sizes[1],m]
        for q in range(3):
            for q2 in range(3):
                if q!=q2: vg[o[q]:o[q+1],o[q2]:o[q2+1]]=0
    covariance = vg + found.scales[:m, :m]
    solution = fit(size, data, covariance, [spectra[0].eigenvalues, spectra[1].eigenvalues], weights)
    b = solution.product
    roots = b.sqrt()
    slope = 0.5 * (roots @ solution.basis.weights).repeat(3)
    rest = laws[2].y - solution.predicted[-sizes[2]:]
    points = laws[2].x.sqrt()
    trapezoid = torch.zeros_like(points)
    trapezoid[1:] += points.diff() / 2
    trapezoid[:-1] += points.diff() / 2
    trapezoid /= math.pi
    free = slope - solution.jacobian[-sizes[2]:].mT @ trapezoid
    gain = solution.gain.mT @ free
    gain[-sizes[2]:] += trapezoid
    supposed = float((solution.supposed @ (solution.inverse @ free)).square().sum())
    return JointFit(float(roots.sum() + trapezoid @ rest), gain, found, supposed, solution, (one, other, both))
