"""`FlowTrainer`: one step of flow matching (Lipman et al. 2023, arXiv 2210.02747, section 4.1)."""

from collections.abc import Callable

import torch
from torch.nn.functional import mse_loss

from reference_models.config import TrainConfig
from reference_models.data.images import LabelledImages
from reference_models.networks.flow import FlowGenerator
from reference_models.training.ranks import TrainingRanks
from reference_models.training.trainer import Step, Trainer


class FlowTrainer(Trainer):
    """Trains a flow: along the straight line x_t = (1 - t) z + t x the network learns its velocity, x - z.

    The mean of all lines through one point is what squared errors find there, and following it carries noise to images.
    Arguments and state are those of `Trainer`; a step of the data is a step of the generator.
    """

    def step(self, *, inspect: Callable[[Trainer], None] | None = None) -> Step:
        """Take one step.

        Args:
            inspect: called when the gradients are there.
        """
        self.set_rates()
        real, _ = self._real()
        noise = self._on_device(self.draws.latent(len(real))).view_as(real)
        time = self._on_device(self.draws.mix(len(real)))
        between = torch.lerp(noise, real, time[:, None, None, None])
        with self._autocast():
            assert isinstance(self.generator, FlowGenerator)
            velocity = self.generator.velocity(between, time)
        loss = mse_loss(velocity.float(), real - noise)
        self.opt_g.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        self._move_generator(inspect)
        self.steps += 1
        return Step({"G_flow": loss.detach()}, None, None)


def build_trainer(
    config: TrainConfig,
    data: LabelledImages,
    *,
    device: torch.device | str = "cpu",
    ranks: TrainingRanks | None = None,
) -> Trainer:
    """Return the trainer of a configuration's kind of model; the arguments are those of `Trainer`."""
    kind = FlowTrainer if config.net.backbone == "flow" else Trainer
    return kind(config, data, device=device, ranks=ranks)
