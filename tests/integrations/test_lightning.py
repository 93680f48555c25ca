"""Tests of `ganmetrics.integrations.lightning` with the installed Lightning."""

import copy
import warnings

import pytest
import torch
from torch import nn

from ganmetrics import Evaluator
from ganmetrics.errors import InputError
from ganmetrics.testing import ChannelMeans, random_images

pytest.importorskip("lightning")
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import lightning.pytorch as pl

    from ganmetrics.integrations.lightning import FidCallback


class Gan(pl.LightningModule):
    """A generator that learns to be grey, with an average of its weights."""

    def __init__(self):
        super().__init__()
        self.generator = nn.Sequential(nn.Linear(4, 48), nn.BatchNorm1d(48), nn.Tanh(), nn.Unflatten(1, (3, 4, 4)))
        self.ema = copy.deepcopy(self.generator)
        self.modes = []

    def generate(self, count, rng):
        self.modes.append((self.training, self.generator.training, torch.is_grad_enabled()))
        return self.generator(torch.randn(count, 4, generator=rng).to(self.device))

    def training_step(self, batch, _):
        del batch
        return self.generator(torch.randn(8, 4)).square().mean()

    def configure_optimizers(self):
        return torch.optim.SGD(self.generator.parameters(), lr=0.5)


class Scores:
    """A log in a list."""

    def __init__(self):
        self.seen = []

    def log(self, report, step):
        self.seen.append((step, {name: float(score) for name, score in report.items()}))


def evaluator():
    """Of forty images."""
    return Evaluator(random_images(40), metrics=("fid", "kid"), extractor=ChannelMeans(), workers=0, device="cpu")


def trained(*callbacks, epochs=4, **options):
    """Train for some epochs; return the module and the trainer."""
    torch.manual_seed(0)
    module = Gan()
    trainer = pl.Trainer(
        max_epochs=epochs,
        accelerator="cpu",
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        callbacks=list(callbacks),
        **options,
    )
    trainer.fit(module, torch.utils.data.DataLoader(torch.zeros(6, 1), batch_size=2))
    return module, trainer


def test_it_scores_before_training_and_every_few_epochs():
    """In evaluation mode; the numbers are where Lightning's loggers and checkpoints find them."""
    scores = Scores()
    callback = FidCallback(
        evaluator, Gan.generate, count=20, every_n_epochs=2, batch_size=16, prefix="a/", logs=[scores]
    )
    module, trainer = trained(callback)
    assert [step for step, _ in scores.seen] == [0, 6, 12]
    assert module.modes == [(False, False, False)] * 6
    assert module.training
    logged = trainer.callback_metrics
    names = {f"a/fd_channel-means{part}" for part in ("", "_corrected", "_low", "_high")}
    assert names <= set(logged)
    assert float(logged["a/fd_channel-means"]) == pytest.approx(scores.seen[-1][1]["fd_channel-means"], rel=1e-6)
    assert scores.seen[-1][1] != scores.seen[0][1]


def test_training_is_as_if_it_had_not_been_scored():
    """Weights, running statistics and all."""
    with_scores, _ = trained(FidCallback(evaluator(), Gan.generate, count=20, network=lambda module: module.generator))
    without, _ = trained()
    for one, other in zip(with_scores.state_dict().values(), without.state_dict().values(), strict=True):
        assert torch.equal(one, other)


def test_the_average_is_scored():
    """It was never updated here, so that its score stays."""
    scores = Scores()
    trained(
        FidCallback(
            evaluator,
            Gan.generate,
            count=20,
            network=lambda module: module.generator,
            average=lambda module: module.ema,
            logs=[scores],
        )
    )
    values = [found["fd_channel-means"] for _, found in scores.seen]
    assert values == [values[0]] * 5


def test_a_metric_of_torchmetrics_is_logged_by_its_object():
    """``self.log(name, metric)`` with the shim of torchmetrics."""
    pytest.importorskip("torchmetrics")
    from ganmetrics.compat.torchmetrics import FrechetInceptionDistance

    class Logged(Gan):
        def __init__(self):
            super().__init__()
            self.fid = FrechetInceptionDistance(ChannelMeans(), reset_real_features=False)
            self.fid.update(random_images(40), real=True)

        def validation_step(self, batch, _):
            self.fid.update(batch, real=False)
            self.log("fid", self.fid, on_step=False, on_epoch=True)

    trainer = pl.Trainer(accelerator="cpu", logger=False, enable_checkpointing=False, enable_progress_bar=False)
    images = random_images(30, seed=1)
    (found,) = trainer.validate(Logged(), torch.utils.data.DataLoader(images, batch_size=10), verbose=False)
    alone = FrechetInceptionDistance(ChannelMeans())
    alone.update(random_images(40), real=True)
    alone.update(images, real=False)
    assert found["fid"] == pytest.approx(float(alone.compute()), rel=1e-6)


def test_every_n_epochs_is_at_least_1():
    """Told when it is made."""
    with pytest.raises(InputError, match="every_n_epochs must be at least 1; got 0"):
        FidCallback(evaluator, Gan.generate, count=20, every_n_epochs=0)
