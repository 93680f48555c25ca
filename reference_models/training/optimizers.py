"""Optimisers by name."""

from torch import nn, optim

from reference_models.config import OptimizerConfig


def build_optimizer(config: OptimizerConfig, network: nn.Module) -> optim.Optimizer:
    """Return the optimiser of a network, fused where torch has it: one pass over the weights instead of many."""
    parameters = list(network.parameters())
    if config.name == "rmsprop":
        return optim.RMSprop(parameters, lr=config.lr)
    return optim.Adam(parameters, lr=config.lr, betas=config.betas, fused=True)


def set_learning_rate(optimizer: optim.Optimizer, rate: float) -> None:
    """Give all of an optimiser's weights one learning rate."""
    for group in optimizer.param_groups:
        group["lr"] = rate
