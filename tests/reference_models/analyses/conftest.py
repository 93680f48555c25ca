"""One model, trained for some seconds, that all analyses look at."""

import pytest
import torch

from reference_models.data.load import load_images
from reference_models.presets import build_config
from reference_models.training.checkpoint import Checkpoint, write_checkpoint
from reference_models.training.trainer import Trainer

KEYS = {
    "net.size": 16,
    "net.width": 12,
    "net.latent_dim": 32,
    "data.count": 512,
    "batch": 32,
    "opt_g.lr": 1e-3,
    "opt_d.lr": 1e-3,
}
STEPS = 500


@pytest.fixture(scope="session")
def trained(tmp_path_factory):
    """The checkpoint of a small DCGAN on shapes that places them where its latent says."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    config = build_config("dcgan", KEYS)
    data = load_images(config.data, size=config.net.size)
    trainer = Trainer(config, data)
    for _ in range(STEPS):
        trainer.step()
    torch.set_num_threads(threads)
    path = tmp_path_factory.mktemp("trained") / "last.pt"
    counts = torch.bincount(data.labels, minlength=data.classes)
    write_checkpoint(path, Checkpoint(config, trainer.state(), {"epoch": 31}, {}, data.class_names, counts))
    return path
