"""What images of unequal scale leave of bias, in units of their variance over their number.

The estimate subtracts 1.5 such units (`LEVERAGE_BIAS`), and has one in its error (`LEVERAGE_ERROR`): what is printed is
what is left. docs/uncertainty.md has the table from before, which these constants come from.

One population on both sides, k^-1, so that the truth is 0; images have log-normal scales. Each draw is estimated with
its scales and once more without them, from the same white features: the difference of both is what tails add. The last
column is that over tr C1 v / n1 + tr C2 v / n2, v the variance of the squared scales.

    python benchmarks/leverage_error.py --dimension 256 --images 32 64 128 256 --repetitions 40
"""

import argparse
import math
from statistics import fmean, stdev

import numpy as np
import torch
from joint_fit import populations

from ganmetrics import frechet_estimate

STUDY = 14


def added(dimension: int, images: int, sigma: float, seed: int) -> float:
    """Return what tails add to the estimate in one draw."""
    root = populations("k^-1", dimension, 0.0)[0].root
    rng = np.random.default_rng([STUDY, seed, dimension, images])
    white = [rng.standard_normal((images, dimension)) @ root for _ in range(2)]
    # Of mean square 1, so that the population's covariance stays.
    scales = [np.exp(sigma * rng.standard_normal((images, 1)) - sigma**2) for _ in range(2)]
    plain = frechet_estimate(*white).corrected
    found = frechet_estimate(*(one * scale for one, scale in zip(white, scales, strict=True))).corrected
    if plain is None or found is None:
        raise SystemExit(f"the fit failed at {dimension} features, {images} images")
    return found - plain


def main() -> None:
    """Print a row for each number of images and each sigma."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dimension", type=int, default=256)
    parser.add_argument("--images", type=int, nargs="+", default=[32, 64, 128, 256])
    parser.add_argument("--sigmas", type=float, nargs="+", default=[0.25])
    parser.add_argument("--repetitions", type=int, default=40)
    options = parser.parse_args()
    torch.set_num_threads(1)
    print("| features | images | sigma | variance of squared scales | tails add | ± | in units |")
    print("|---" * 7 + "|")
    trace = 2 * float((populations("k^-1", options.dimension, 0.0)[0].root ** 2).sum())
    for images in options.images:
        for sigma in options.sigmas:
            draws = [added(options.dimension, images, sigma, seed) for seed in range(options.repetitions)]
            mean, error, variance = fmean(draws), stdev(draws) / math.sqrt(len(draws)), math.expm1(4 * sigma**2)
            print(
                f"| {options.dimension} | {images} | {sigma} | {variance:.2f} | {mean:.4f} | {error:.4f} "
                f"| {mean / (trace * variance / images):.1f} ± {error / (trace * variance / images):.1f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
