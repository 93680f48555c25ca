"""How wrong the images' leverages are: what tails leave of bias, as a share of what leverages do to the estimate.

One population on both sides, k^-1, so that the truth is 0; images have log-normal scales. Each draw is estimated with
its scales and once more without them, from the same white features: the difference of both is what tails add. Beside it
stands by how much leverages raise the estimate's sum, the effect that `LEVERAGE_ERROR` of
`ganmetrics.core.random_matrix.joint.trace` is a share of.

    python benchmarks/leverage_error.py --dimension 256 --images 32 64 128 256 --repetitions 40
"""

import argparse
import math
from statistics import fmean, stdev
from typing import NamedTuple

import numpy as np
import torch
from joint_fit import populations

from ganmetrics.core.random_matrix.joint import trace
from ganmetrics.metrics.frechet.joint import distance_from_few
from ganmetrics.metrics.frechet.sample import Sample

STUDY = 14


class Draw(NamedTuple):
    """What one pair of samples gave: what tails add to the estimate, what leverages do to it, how much they blur.

    The last is the share of the odds' variance that is chance, in the median over the product's points.
    """

    added: float
    effect: float
    blurred: float


def draw(dimension: int, images: int, sigma: float, seed: int) -> Draw:
    """Return what tails and leverages do in one draw."""
    root = populations("k^-1", dimension, 0.0)[0].root
    rng = np.random.default_rng([STUDY, seed, dimension, images])
    white = [rng.standard_normal((images, dimension)) @ root for _ in range(2)]
    scales = [np.exp(sigma * rng.standard_normal((images, 1)) - sigma**2) for _ in range(2)]
    plain = distance_from_few(*(Sample.of(one) for one in white))
    found = distance_from_few(*(Sample.of(one * scale) for one, scale in zip(white, scales, strict=True)))
    if plain is None or found is None or found.root.known is None:
        raise SystemExit(f"the fit failed at {dimension} features, {images} images")
    shares = [one.chance / one.odds.var(0) for one in found.root.known.product.law.leverages]
    return Draw(found.value - plain.value, found.root.leverages, float(torch.cat(shares).median()))


def main() -> None:
    """Print a row for each number of images and each sigma."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dimension", type=int, default=256)
    parser.add_argument("--images", type=int, nargs="+", default=[32, 64, 128, 256])
    parser.add_argument("--sigmas", type=float, nargs="+", default=[0.25])
    parser.add_argument("--repetitions", type=int, default=40)
    options = parser.parse_args()
    torch.set_num_threads(1)
    # With all of it unknown, what is reported is the effect itself.
    trace.LEVERAGE_ERROR, trace.LEVERAGE_MOST = 1e9, 1.0
    print("| features | images | sigma | variance of squared scales | blurred | tails add | ± | leverages do | share |")
    print("|---" * 9 + "|")
    for images in options.images:
        for sigma in options.sigmas:
            draws = [draw(options.dimension, images, sigma, seed) for seed in range(options.repetitions)]
            added, effect = fmean(one.added for one in draws), fmean(one.effect for one in draws)
            blurred = fmean(one.blurred for one in draws)
            error = stdev(one.added for one in draws) / math.sqrt(len(draws))
            print(
                f"| {options.dimension} | {images} | {sigma} | {math.expm1(4 * sigma**2):.2f} | {blurred:.3f} "
                f"| {added:.4f} | {error:.4f} | {effect:.4f} | {added / effect:.3f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
