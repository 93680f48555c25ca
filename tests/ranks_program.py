"""What each process of `test_ranks` runs, with torchrun's environment."""

import json
import os

import torch
import torch.distributed as dist
from torch import nn

from ganmetrics import (
    Evaluator,
    ExtractorSpec,
    FrechetInceptionDistance,
    Outputs,
    Reference,
    compare,
    evaluate,
    extract,
    influence,
    sanity,
)
from ganmetrics.errors import GanMetricsError
from ganmetrics.features.network import FrozenNetwork, NetworkExtractor
from ganmetrics.features.resize import Preprocessing
from ganmetrics.ranks import share_of, this_process_only
from ganmetrics.testing import ChannelMeans, random_images, write_images

ALL = ("fid", "kid", "is", "precision", "recall", "density", "coverage")
FREE = {"extractor": ChannelMeans(), "workers": 0, "device": "cpu"}


class RandomNetwork(FrozenNetwork):
    """Two convolutions, whose products' roundings depend on the size of a batch, and a spatial layer."""

    def __init__(self):
        super().__init__()
        rng = torch.Generator().manual_seed(0)
        self.layers = nn.Sequential(nn.Conv2d(3, 32, 3, 2), nn.ReLU(), nn.Conv2d(32, 64, 3, 2), nn.ReLU())
        self.head = nn.Linear(64, 12)
        for values in self.parameters():
            fan_in = max(values[0].numel(), 1)
            values.data = torch.randn(values.shape, generator=rng) * (2 / fan_in) ** 0.5

    def forward(self, batch):
        """Return features, class scores and spatial features."""
        maps = self.layers(batch)
        features = self.head(maps.mean(dim=(2, 3)))
        return Outputs(features=features, logits=features, spatial=maps[:, 0, :3, :3].flatten(1))


SMALL = NetworkExtractor(
    ExtractorSpec("small", 12, 12, layer="head", weights_sha256=None, preprocessing="pixels", spatial=9),
    Preprocessing("pillow-bilinear-uint8", (24, 24), "(x-128)/128"),
    RandomNetwork,
)


class FailsOnTheLast(ChannelMeans):
    """An extractor that fails on one process's share."""

    def __call__(self, batch, device):
        """Fail on the last rank."""
        if dist.get_rank() == dist.get_world_size() - 1:
            raise ValueError("the extractor failed here")
        return super().__call__(batch, device)


class Untouched(ChannelMeans):
    """An extractor whose statistics need to be kept already."""

    def __call__(self, batch, device):
        """Fail."""
        raise ValueError("the cache needs to have this")


def scores(report):
    """Return all numbers of a report."""
    return {name: [score.value, score.corrected, score.low, score.high] for name, score in report.items()}


def failure(call):
    """Return the error of a call."""
    try:
        call()
    except (GanMetricsError, ValueError) as error:
        return f"{type(error).__name__}: {error}"
    return "none"


def commands(real, fake):
    """Return numbers of every other command that goes the one road."""
    compared = compare(real, fake, fake // 2, metrics=("fid", "kid"), permutations=19, **FREE)
    differences = [one.difference for one in compared.verdicts.values()]
    moved = influence(real, fake, **FREE)
    study = sanity(real, metrics=("fid",), disturbances=("rectangles",), **FREE)
    evaluator = Evaluator(real, metrics=("fid", "kid"), **FREE)
    share = current_share(len(fake))
    evaluator.update(fake[share.start : share.stop])
    return {
        "compare": [number for one in differences for number in (one.first, one.second, one.p_value)],
        "influence": moved.fake.influence.tolist(),
        "sanity": study.series[0].values("fd_channel-means"),
        "extract": extract(fake, **FREE).features.sum(dim=0).tolist(),
        "evaluator": [score.value for score in evaluator.compute().values()],
    }


def current_share(count):
    """The part of so many images that is this process's."""
    return share_of(count, int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1")))


def results(folder, rank, size):
    """Return what is compared between one process and several."""
    real, fake = random_images(50, seed=1), random_images(61, seed=2)
    found = {"all": scores(evaluate(real, fake, metrics=ALL, **FREE))}
    found["few"] = scores(evaluate(real[:2], fake[:2], **FREE))  # fewer images than three processes
    reference = Reference.from_images(real, **FREE)
    found["contents"] = list(reference.contents)
    metric = FrechetInceptionDistance(reference, extractor=ChannelMeans(), device="cpu")
    metric.update(fake[:7] if size > 1 and rank == 0 else fake[7 if size > 1 else 0 :][: 61 if rank < 2 else 0])
    found["loop"] = metric.compute().value
    found["commands"] = commands(real, fake)
    through = {"extractor": SMALL, "workers": 0, "device": "cpu", "batch_size": 16}
    found["network"] = scores(evaluate(real, fake, metrics=(*ALL, "sfid"), **through))
    found["skipped"] = scores(evaluate(folder, fake, metrics=("fid", "kid", "sfid"), skip_bad=True, **through))
    both = evaluate(real, fake, extractors=(ChannelMeans(), SMALL), workers=0, device="cpu", batch_size=16)
    found["several"] = {name: number for report in both.values() for name, number in scores(report).items()}
    kept = {**FREE, "cache": folder.parent / "cache"}
    evaluate(real, fake, **kept)
    if rank == 0:
        with this_process_only():
            found["kept"] = scores(evaluate(real, fake, **{**kept, "extractor": Untouched()}))
            found["apart"] = scores(evaluate(real, fake, **FREE))
    if size > 1:
        found["extractor"] = failure(lambda: evaluate(real, fake, extractor=FailsOnTheLast(), workers=0))
        found["damaged"] = failure(lambda: evaluate(folder, folder, **FREE))
        found["another"] = failure(lambda: evaluate(real, fake, metrics=("fid", "kid")[: 1 + rank], **FREE))
    return found


def main(output):
    """Write the results of this process."""
    rank, size = int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))
    if size > 1:
        dist.init_process_group("gloo")
    folder = output / "images"
    if rank == 0:
        write_images(folder, 9)
        (folder / "00008.png").write_bytes(b"no image")
    if size > 1:
        dist.barrier()
    (output / f"{rank}.json").write_text(json.dumps(results(folder, rank, size)))
    if size > 1:
        assert dist.is_initialized()
        # The store is the first process's: where it ended before the others are done, torch would abort them.
        dist.barrier()
        dist.destroy_process_group()
