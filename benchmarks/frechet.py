"""Time and accuracy of the ways to the Fréchet distance, side by side: `python benchmarks/frechet.py`.

The fake features are A times the real ones, A symmetric and positive definite. A is then the optimal transport map
(the gradient of a convex function), so the exact distance is the mean of |x - A x|^2: no root, and nothing cancels.

Every way starts from what it needs, features reduced already: covariances, or `Moments` that were never factored
(cold) or whose real side was (warm). The ways take turns, so that whatever else the machine does falls on all alike.
"""

import argparse
import platform
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy.linalg
import torch

from ganmetrics import Moments, frechet_distance

try:
    from threadpoolctl import threadpool_info
except ImportError:
    threadpool_info = None


@dataclass(frozen=True)
class Case:
    """Two feature sets with a known distance between them."""

    name: str
    real: np.ndarray
    fake: np.ndarray
    exact: float


def make_case(count: int, dimension: int, decay: float) -> Case:
    """Return features with variances falling as rank^-decay, trace about 300, and a distance of a few."""
    rng = np.random.default_rng(0)
    variances = np.arange(1.0, dimension + 1) ** -decay
    basis = np.linalg.qr(rng.standard_normal((dimension, dimension)))[0]
    real = rng.standard_normal((count, dimension)) * np.sqrt(300 * variances / variances.sum()) @ basis
    turned = np.linalg.qr(rng.standard_normal((dimension, dimension)))[0]
    stretch = (turned * rng.uniform(0.7, 1.1, dimension)) @ turned.T
    fake = real @ stretch + 0.02
    centred = real - real.mean(axis=0)
    moved = centred - centred @ stretch
    shift = real.mean(axis=0) - fake.mean(axis=0)
    return Case(f"{count} images", real, fake, float((moved**2).sum() / (count - 1) + (shift**2).sum()))


def ways(case: Case) -> dict[str, Callable[[], float]]:
    """Return the ways by name; each gives the distance."""
    mean1, mean2 = case.real.mean(axis=0), case.fake.mean(axis=0)
    c1, c2 = np.cov(case.real, rowvar=False), np.cov(case.fake, rowvar=False)
    rows1, rows2 = case.real - mean1, case.fake - mean2
    count = len(rows1)
    rest = float(((mean1 - mean2) ** 2).sum() + np.trace(c1) + np.trace(c2))
    sides = Moments.of(case.real), Moments.of(case.fake)
    warm = fresh(sides[0])
    frechet_distance(warm, fresh(sides[1]))

    def by_sqrtm() -> float:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return rest - 2 * float(np.trace(scipy.linalg.sqrtm(c1 @ c2)).real)

    def by_eigvals() -> float:
        return rest - 2 * float(np.sqrt(np.linalg.eigvals(c1 @ c2).astype(complex)).real.sum())

    def by_cholesky() -> float:
        product = np.linalg.cholesky(c1).T @ np.linalg.cholesky(c2)
        return rest - 2 * float(np.sqrt(np.linalg.eigvalsh(product @ product.T)).sum())

    def by_svdvals() -> float:
        product = torch.from_numpy(rows1) @ torch.from_numpy(rows2).mT
        return rest - 2 * float(torch.linalg.svdvals(product).sum()) / (count - 1)

    def by_procrustes() -> float:
        f1, f2 = sides[0].factor, sides[1].factor
        left, _, right = torch.linalg.svd(f1 @ f2.mT)
        return float(((mean1 - mean2) ** 2).sum()) + float((f1 - left @ right @ f2).square().sum())

    few = count <= rows1.shape[1]
    return {
        "`scipy.linalg.sqrtm` of the product": by_sqrtm,
        "NumPy `eigvals` of the product": by_eigvals,
        **(
            {"centred features' product, `svdvals`": by_svdvals} if few else {"NumPy Cholesky, `eigvalsh`": by_cholesky}
        ),
        "Procrustes, factors given": by_procrustes,
        "`frechet_distance`, cold": lambda: frechet_distance(fresh(sides[0]), fresh(sides[1])),
        "`frechet_distance`, real factor stored": lambda: frechet_distance(warm, fresh(sides[1])),
    }


def fresh(side: Moments) -> Moments:
    """Return the same moments without the factor that they may have cached."""
    return Moments(side.count, side.mean, side.rows, side.matrix)


def measure(case: Case, repeats: int) -> None:
    """Print one table: best time of `repeats`, ratio to the first way, relative error."""
    candidates = ways(case)
    best = dict.fromkeys(candidates, float("inf"))
    value = dict.fromkeys(candidates, float("nan"))
    for _ in range(repeats):
        for name, way in candidates.items():
            start = time.perf_counter()
            value[name] = way()
            best[name] = min(best[name], time.perf_counter() - start)
    print(f"\n{case.name}, d = {case.real.shape[1]}, exact distance {case.exact:.6f}\n")
    print("| way | seconds | times faster | relative error |\n|---|---|---|---|")
    first = next(iter(best.values()))
    for name in candidates:
        error = abs(value[name] / case.exact - 1)
        print(f"| {name} | {best[name]:.2f} | {first / best[name]:.1f} | {error:.0e} |", flush=True)


def main() -> None:
    """Run the cases that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dimension", type=int, default=2048)
    parser.add_argument("--counts", type=int, nargs="+", default=[10_000, 520])
    parser.add_argument("--decay", type=float, default=0.5, help="of the variances, rank^-decay")
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    threads = torch.get_num_threads()
    print(f"{platform.machine()}, {threads} threads; torch {torch.__version__}, NumPy {np.__version__}, SciPy", end=" ")
    print(scipy.__version__)
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    print(f"NumPy's BLAS: {blas['name']} {blas['version']}; torch with MKL: {torch.backends.mkl.is_available()}")
    for pool in threadpool_info() if threadpool_info else []:
        print({key: pool.get(key) for key in ("internal_api", "version", "architecture", "num_threads")})
    for count in options.counts:
        measure(make_case(count, options.dimension, options.decay), options.repeats)


if __name__ == "__main__":
    main()
