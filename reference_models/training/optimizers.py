"""Optimisers by name."""

import torch
from torch import nn, optim

from reference_models.config import OptimizerConfig
from reference_models.schedule import betas, learning_rate
from reference_models.training.stored import Unfit, check_optimizer_moments


def build_optimizer(config: OptimizerConfig, network: nn.Module) -> optim.Optimizer:
    """Return the optimiser of a network, fused where torch has it: one pass over the weights instead of many."""
    # torch refuses an optimiser of nothing, which is what a flow's missing discriminator has.
    parameters = list(network.parameters()) or [nn.Parameter(torch.zeros(()))]
    if config.name == "rmsprop":
        return optim.RMSprop(parameters, lr=config.lr)
    return optim.Adam(parameters, lr=config.lr, betas=config.betas, fused=True)


def set_rates(optimizer: optim.Optimizer, config: OptimizerConfig, progress: float) -> None:
    """Give an optimiser the learning rate and betas of a share `progress` of the scheduled epochs."""
    for group in optimizer.param_groups:
        group["lr"] = learning_rate(config, progress)
        if config.beta2_end is not None:
            group["betas"] = betas(config, progress)


def load_moments(
    optimizer: optim.Optimizer, stored: object, network: nn.Module, config: OptimizerConfig, *, title: str
) -> None:
    """Give an optimiser what it had kept of each weight; its rates are the configuration's.

    Raises:
        Unfit: it is of other weights, or of another optimiser.
    """
    if not isinstance(stored, dict):
        raise Unfit(f"{title} must be an optimiser's state; got {type(stored).__name__}")
    check_optimizer_moments(stored, network.parameters(), config.name, title)
    optimizer.load_state_dict({**optimizer.state_dict(), "state": stored["state"]})
