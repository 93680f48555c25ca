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
from ganmetrics.core.float32 import ieee_float32
from ganmetrics.data.loading import prepared_batches
from ganmetrics.data.sources import open_source
from ganmetrics.features.inception import InceptionV3, build_inception
from ganmetrics.features.network import CPU_PIECE
from ganmetrics.features.resize import Preprocessing

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
PREPARE = Preprocessing("tf1-bilinear", (299, 299), "(x-128)/128")
BATCH = 32


class InFloat32(nn.Module):
    """A module that computes in float32 under bfloat16 autocast."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = module

    def forward(self, x: Tensor) -> Tensor:
        """Return what the module gives."""
        with torch.autocast("cpu", enabled=False):
            return self.module(x.float())


def mixed(path: Path, kept: Sequence[str]) -> InceptionV3:
    """Return the network with some of its modules in float32 whatever autocast says."""
    network = build_inception(path)
    for name in kept:
        setattr(network, name, InFloat32(getattr(network, name)))
    network.freeze()
    return network


def features(network: InceptionV3, batch: Tensor, *, reduced: bool) -> Tensor:
    """Return float32 [n, 2048]."""
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=reduced), ieee_float32():
        pieces = batch.to(memory_format=torch.channels_last).split(CPU_PIECE)
        return torch.cat([network(piece).features.float() for piece in pieces])


def all_features(network: InceptionV3, pixels: Tensor, *, reduced: bool) -> Tensor:
    """Return the features of uint8 images [n, 3, h, w], of all of them."""
    batches = prepared_batches(open_source(pixels), PREPARE, alpha="white", batch_size=BATCH, workers=0)
    return torch.cat([features(network, torch.from_numpy(batch), reduced=reduced) for batch in batches])


def rates(networks: dict[str, tuple[InceptionV3, bool]], rounds: int) -> dict[str, float]:
    """Return images a second of each network, the median of rounds in turn."""
    batch = torch.rand(BATCH, 3, 299, 299, generator=torch.Generator().manual_seed(0)) * 2 - 1
    found: dict[str, list[float]] = {name: [] for name in networks}
    for number in range(rounds + 1):
        for name, (network, reduced) in networks.items():
            started = time.perf_counter()
            features(network, batch, reduced=reduced)
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
    networks = {"everything": (build_inception(options.weights).freeze(), False)}
    networks |= {name: (mixed(options.weights, kept), True) for name, kept in MIXES.items()}
    speed = rates(networks, options.rounds)
    exact: dict[float | str, Tensor] = {}
    print(f"| in fp32 | images/s | times as fast | features off by | FID moves, blur {' / '.join(map(str, BLURS))} |")
    print("|---|---|---|---|---|")
    for name, (network, reduced) in networks.items():
        found: dict[float | str, Tensor] = {"real": all_features(network, real, reduced=reduced)}
        found |= {blur: all_features(network, pixels, reduced=reduced) for blur, pixels in fakes.items()}
        exact = exact or found
        off = ((found["real"] - exact["real"]).norm() / exact["real"].norm()).item()
        moves = [distance(found["real"], found[b]) / distance(exact["real"], exact[b]) - 1 for b in BLURS]
        shown = " / ".join(f"{100 * move:+.2f}" for move in moves)
        ratio = speed[name] / speed["everything"]
        print(f"| {name} | {speed[name]:.1f} | {ratio:.2f} | {off:.1e} | {shown} % |", flush=True)


if __name__ == "__main__":
    main()
