"""What the corrected distance and its interval cost beyond the plain distance: `python benchmarks/interval_cost.py`.

Both start from the same features and are timed in turn, each from nothing kept but a stored side's moments, factor and
images, as a `Reference` has them. Run it on a machine that does nothing else.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import replace

import torch
from torch import Tensor

from ganmetrics import Estimate, Moments, Sample, frechet_distance, frechet_estimate

FEW = 1000


def features(count: int, dimension: int, seed: int) -> Tensor:
    """Return float32 features of decaying variances."""
    spread = torch.arange(1, dimension + 1) ** -0.25
    return torch.randn(count, dimension, generator=torch.Generator().manual_seed(seed)) * spread


def stored(images: Tensor) -> Sample:
    """Return a side as a reference keeps it: its factor is at hand."""
    side = Sample.of(images)
    side = Sample(replace(side.moments, by_eigenvectors=True), side.images)
    return Sample(replace(side.moments, known_factor=side.moments.factor), side.images)


def plain(real: Tensor | Sample, fake: Tensor) -> float:
    """Return the plain distance."""
    return frechet_distance(real.moments if isinstance(real, Sample) else Moments.of(real), Moments.of(fake))


def corrected(real: Tensor | Sample, fake: Tensor) -> Estimate:
    """Return the corrected distance; of a stored side nothing is kept from one call to the next."""
    return frechet_estimate(Sample(real.moments, real.images) if isinstance(real, Sample) else real, fake)


def seconds(distance: Callable[[Tensor | Sample, Tensor], object], real: Tensor | Sample, fake: Tensor) -> float:
    """Return how long a distance takes."""
    started = time.perf_counter()
    distance(real, fake)
    return time.perf_counter() - started


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dimension", type=int, default=2048)
    parser.add_argument("--many", type=int, default=50_000)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    few = [features(FEW, options.dimension, seed) for seed in (1, 2)]
    many = [features(options.many, options.dimension, seed) for seed in (3, 4)]
    kept = stored(many[0])
    print(f"d = {options.dimension}, {torch.get_num_threads()} threads; least of {options.repeats}\n")
    print("| real + fake images | plain distance, s | with interval, s | more, s | ratio |\n|---|---|---|---|---|")
    pairs: list[tuple[str, Tensor | Sample, Tensor]] = [
        (f"{FEW} + {FEW}", few[0], few[1]),
        (f"{options.many} stored + {FEW}", kept, few[1]),
        (f"{options.many} + {options.many}", many[0], many[1]),
    ]
    for name, real, fake in pairs:
        taken = [[seconds(distance, real, fake) for distance in (plain, corrected)] for _ in range(options.repeats)]
        short, long = (min(times) for times in zip(*taken, strict=True))
        print(f"| {name} | {short:.2f} | {long:.2f} | {long - short:.2f} | {long / short:.2f} |", flush=True)


if __name__ == "__main__":
    main()
