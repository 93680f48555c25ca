"""Images a second to features on the CPU, beside pytorch-fid's network and the bound of fp32 matrix products.

The bound is the network's arithmetic, counted by torch, at the rate of a large float32 matrix product measured in the
same run. "Its convolutions as products" are matrix products with the shapes of its convolutions, one after the other:
what they would take if their inputs lay in memory as a product wants them, and all else were free. The rows in streams
and by OpenVINO go from pixels to features, as a run does; the others see prepared images. All take turns in
one process, on one batch of prepared images; the table has the median of the rounds by the wall and by the processor,
and ratios of the latter hold on a machine that others use.

    python benchmarks/extraction.py --weights pt_inception-2015-12-05-6726825d.pth --precisions bf16
"""

import argparse
import json
import math
import statistics
import time
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from ganmetrics import extract, load_extractor

SIZES = {"inception-v3": 299, "efficientnet-lite0": 224}
PRODUCT = 4096
PIECE = 4
"""Images of a batch that the network sees at a time on a CPU."""
PRODUCTS = "its convolutions as products"
STREAMS, OPENVINO = "ganmetrics, in streams", "ganmetrics, openvino"
CPU = torch.device("cpu")


def seconds(work: Callable[[], object]) -> tuple[float, float]:
    """Return the wall and processor seconds of some work."""
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - processor


def pytorch_fid(path: Path) -> Callable[[torch.Tensor], object] | None:
    """Return pytorch-fid's network with the same weights, None where the package is not installed."""
    try:
        inception = import_module("pytorch_fid.inception")
    except ImportError:
        return None
    # The library has no option for weights of one's own.
    inception.load_state_dict_from_url = lambda *_, **__: torch.load(path, weights_only=True)
    network = inception.InceptionV3([3]).eval()

    def run(batch: torch.Tensor) -> object:
        with torch.no_grad():
            return network(batch / 2 + 0.5)

    return run


def as_products(network: nn.Module, batch: torch.Tensor) -> Callable[[], None]:
    """Return work that does each ungrouped convolution of a pass as the matrix product of its shape."""
    shapes: list[tuple[int, int, int]] = []

    def note(module: nn.Conv2d, _: object, output: torch.Tensor) -> None:
        rows, taps = output.numel() // module.out_channels, math.prod(module.kernel_size)
        shapes.append((rows, module.in_channels * taps, module.out_channels))

    chosen = [module for module in network.modules() if isinstance(module, nn.Conv2d) and module.groups == 1]
    hooks = [module.register_forward_hook(note) for module in chosen]
    with torch.inference_mode():
        network(batch)
    for hook in hooks:
        hook.remove()
    left, right, product = (
        torch.rand(max(shape[i] * shape[j] for shape in shapes)) for i, j in ((0, 1), (1, 2), (0, 2))
    )

    def run() -> None:
        for rows, inner, columns in shapes:
            torch.mm(
                left[: rows * inner].view(rows, inner),
                right[: inner * columns].view(inner, columns),
                out=product[: rows * columns].view(rows, columns),
            )

    return run


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--extractor", choices=list(SIZES), default="inception-v3")
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--precisions", nargs="*", default=[])
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    size = SIZES[options.extractor]
    batch = torch.rand(options.batch, 3, size, size, generator=torch.Generator().manual_seed(0)) * 2 - 1
    plain = load_extractor(options.extractor, weights=options.weights, offline=True)
    with FlopCounterMode(display=False) as counter:
        plain(batch[:1], CPU)
    operations = counter.get_total_flops()
    left, right = torch.rand(PRODUCT, PRODUCT), torch.rand(PRODUCT, PRODUCT)
    work: dict[str, Callable[[], object]] = {
        "bound": lambda: left @ right,
        PRODUCTS: as_products(plain.network, batch[:PIECE].contiguous(memory_format=torch.channels_last)),
        "ganmetrics": lambda: plain(batch, CPU),
    }
    pixels = ((batch + 1) * 127.5).round().to(torch.uint8)
    for title, backend in ((STREAMS, "torch"), (OPENVINO, "openvino")):
        work[title] = partial(extract, pixels, extractor=plain, workers=0, backend=backend)
    for precision in options.precisions:
        name = f"{options.extractor}@{precision}"
        reduced = load_extractor(name, weights=options.weights, offline=True)
        work[f"ganmetrics, {precision}"] = lambda reduced=reduced: reduced(batch, CPU)
    peer = pytorch_fid(options.weights) if options.extractor == "inception-v3" else None
    if peer is not None:
        work["pytorch-fid"] = lambda: peer(batch)
    first = {name: seconds(run)[0] for name, run in work.items()}
    rounds = {name: [] for name in work}
    for _ in range(options.rounds):
        for name, run in work.items():
            rounds[name].append(seconds(run))
    images = {name: float(options.batch) for name in work} | {
        "bound": 2 * PRODUCT**3 / operations,
        PRODUCTS: float(PIECE),
    }
    rates = {
        name: tuple(statistics.median(images[name] / taken[kind] for taken in found) for kind in (0, 1))
        for name, found in rounds.items()
    }
    print(f"{operations / 1e9:.2f} GFLOP an image; {torch.get_num_threads()} threads; torch {torch.__version__}\n")
    print("| | images/s | images per processor second | of the bound (processor) | first batch, s |")
    print("|---|---|---|---|---|")
    for name, (wall, processor) in rates.items():
        share = processor / rates["bound"][1]
        print(f"| {name} | {wall:.1f} | {processor:.2f} | {share:.2f} | {first[name]:.1f} |")
    if options.output:
        options.output.write_text(json.dumps({name: rate[1] for name, rate in rates.items()}, indent=2) + "\n")


if __name__ == "__main__":
    main()
