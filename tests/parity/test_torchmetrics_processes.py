"""Processes of torch.distributed merge their moments: the distance is that of all images."""

import multiprocessing
import socket

import pytest
import torch

from ganmetrics.testing import ChannelMeans, random_images

pytest.importorskip("torchmetrics")
pytestmark = [pytest.mark.parity, pytest.mark.filterwarnings("ignore")]  # starting them takes most of a minute


def share(rank, world, port, results):
    """Score every second image."""
    from torch import distributed

    from ganmetrics.compat.torchmetrics import FrechetInceptionDistance, KernelInceptionDistance

    torch.set_num_threads(1)
    distributed.init_process_group("gloo", f"tcp://127.0.0.1:{port}", rank=rank, world_size=world)
    metrics = [FrechetInceptionDistance(ChannelMeans()), KernelInceptionDistance(ChannelMeans(), 5, 20)]
    for metric in metrics:
        metric.update(random_images(40, seed=1)[rank::world], real=True)
        metric.update(random_images(30, seed=2)[rank::world], real=False)
    results.put((rank, float(metrics[0].compute()), float(metrics[1].compute()[0])))
    distributed.destroy_process_group()


def test_two_processes_are_one():
    """All ranks return one number; the distance is that of one process."""
    from ganmetrics.compat.torchmetrics import FrechetInceptionDistance

    context = multiprocessing.get_context("spawn")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    results = context.Queue()
    processes = [context.Process(target=share, args=(rank, 2, port, results)) for rank in range(2)]
    for process in processes:
        process.start()
    found = sorted(results.get(timeout=120) for _ in processes)
    for process in processes:
        process.join(timeout=60)
    alone = FrechetInceptionDistance(ChannelMeans())
    alone.update(random_images(40, seed=1), real=True)
    alone.update(random_images(30, seed=2), real=False)
    assert found[0][1] == found[1][1] == pytest.approx(float(alone.compute()), rel=1e-9)
    assert found[0][2] == found[1][2]
