"""Which layers of inception-v3 must stay in float32: speed and movement of FID, for mixes with bfloat16 elsewhere.

Each mix keeps some modules in float32 and computes the rest under bfloat16 autocast. The networks take turns on one
batch for their speed; then the features of all images are compared with those in float32, and the Fréchet distance of a
real set from a fake one under each blur.

    python benchmarks/precision_mixes.py IMAGES.zip --weights STATE_DICT --count 400
"""

import argparse
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

import torch
from precision import images
from torch import Tensor, nn

import ganmetrics

FIRST = ("Conv2d_1a_3x3", "Conv2d_2a_3x3", "Conv2d_2b_3x3")
SECOND = (*FIRST, "Conv2d_3b_1x1", "Conv2d_4a_3x3")
LAST = ("Mixed_7a", "Mixed_7b", "Mixed_7c")
MIXES: dict[str, tuple[str, ...]] = {
    "nothing": (),
    "to the first pooling (`bf16-stem-fp32`)": FIRST,
    "to the second pooling": SECOND,
    "to Mixed_5b": (*SECOND, "Mixed_5b"),
    "to Mixed_5d": (*SECOND, "Mixed_5b", "Mixed_5c", "Mixed_5d"),
    "to the first pooling, and Mixed_7a to 7c": (*FIRST, *LAST),
    "Mixed_7a to 7c": LAST,
}
BLURS = (0.0, 0.5, 1.0)
BATCH = 32
CPU = torch.device("cpu")


class InFloat32(nn.Module):
    """A module that computes in float32 under bfloat16 autocast."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = module

    def forward(self, x: Tensor) -> Tensor:
        """Return what the module gives."""
        with torch.autocast("cpu", enabled=False):
            return self.module(x.float())


def mixed(weights: Path, kept: Sequence[str]) -> ganmetrics.Extractor:
    """Return the extractor in bfloat16, some modules of its network in float32 whatever autocast says."""
    extractor = ganmetrics.load_extractor("inception-v3@bf16", weights=weights, offline=True)
    for name in kept:
        setattr(extractor.network, name, InFloat32(getattr(extractor.network, name)))
    extractor.network.freeze()
    return extractor


def features(extractor: ganmetrics.Extractor, pixels: Tensor) -> Tensor:
    """Return the features of uint8 images [n, 3, h, w], float32 [n, 2048]."""
    return ganmetrics.extract(pixels, extractor=extractor, batch_size=BATCH, workers=0, device=CPU).features


def rates(extractors: dict[str, ganmetrics.Extractor], rounds: int) -> dict[str, float]:
    """Return images a second of each network, the median of rounds in turn."""
    batch = torch.rand(BATCH, 3, 299, 299, generator=torch.Generator().manual_seed(0)) * 2 - 1
    found: dict[str, list[float]] = {name: [] for name in extractors}
    for number in range(rounds + 1):
        for name, extractor in extractors.items():
            started = time.perf_counter()
            extractor(batch, CPU)
            if number:  # the first round chooses the kernels
                found[name].append(BATCH / (time.perf_counter() - started))
    return {name: statistics.median(values) for name, values in found.items()}


def distance(real: Tensor, fake: Tensor) -> float:
    """Return the Fréchet distance of two sets of features."""
    return float(ganmetrics.frechet_distance(ganmetrics.Moments.of(real), ganmetrics.Moments.of(fake)))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archive", type=Path)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    real, blurred = images(options.archive, options.count)
    fakes = {blur: blurred[blur] for blur in BLURS}
    extractors = {"everything": ganmetrics.load_extractor("inception-v3", weights=options.weights, offline=True)}
    extractors |= {name: mixed(options.weights, kept) for name, kept in MIXES.items()}
    speed = rates(extractors, options.rounds)
    exact: dict[float | str, Tensor] = {}
    print(f"| in fp32 | images/s | times as fast | features off by | FID moves, blur {' / '.join(map(str, BLURS))} |")
    print("|---|---|---|---|---|")
    for name, extractor in extractors.items():
        found: dict[float | str, Tensor] = {"real": features(extractor, real)}
        found |= {blur: features(extractor, pixels) for blur, pixels in fakes.items()}
        exact = exact or found
        off = ((found["real"] - exact["real"]).norm() / exact["real"].norm()).item()
        moves = [distance(found["real"], found[b]) / distance(exact["real"], exact[b]) - 1 for b in BLURS]
        shown = " / ".join(f"{100 * move:+.2f}" for move in moves)
        ratio = speed[name] / speed["everything"]
        print(f"| {name} | {speed[name]:.1f} | {ratio:.2f} | {off:.1e} | {shown} % |", flush=True)


if __name__ == "__main__":
    main()
