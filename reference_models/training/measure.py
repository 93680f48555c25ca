"""What is looked at beside the losses, now and then: it costs a synchronisation, and never changes the training."""

import math
from collections.abc import Iterable
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrize import is_parametrized

from reference_models.errors import TrainingError
from reference_models.objectives.auxiliary import accuracy
from reference_models.objectives.penalty import gradient_norms
from reference_models.training.ranks import total_norm
from reference_models.training.trainer import Step, Trainer

SATURATED = 0.999
"""A pixel beyond this is where a tanh has no slope left."""
PROBABILITY_GAMES = {"nonsaturating", "saturating"}


def measure_step(trainer: Trainer, step: Step) -> dict[str, float]:
    """Return quantities of one step, by name: what the discriminator believes, slopes, accuracies, saturation."""
    scene, config = step.discriminator, trainer.config
    if scene is None:
        return {"grad/G": float(total_norm(trainer.generator.parameters()))}
    if scene.real is None or scene.real_images is None:
        raise TypeError("a discriminator step has real images")
    values: dict[str, Tensor] = {}
    if config.objective.adversarial in PROBABILITY_GAMES:
        values["D(real)"] = scene.real.logit.detach().sigmoid().mean()
        values["D(fake)"] = scene.fake.logit.detach().sigmoid().mean()
    else:
        # For a critic this is its estimate of the distance; the generator's loss alone says nothing.
        values["w_distance"] = (scene.real.logit.detach().mean() - scene.fake.logit.detach().mean()).float()
    if scene.real.classes is not None and scene.real_labels is not None and scene.fake_labels is not None:
        values["class_acc_real"] = accuracy(scene.real, scene.real_labels)
        values["class_acc_fake"] = accuracy(scene.fake, scene.fake_labels)
    if scene.mix is not None:
        values["gradient_norm"] = gradient_norms(scene).detach().mean()
    values["saturation"] = (scene.fake_images.detach().abs() > SATURATED).float().mean()
    values["grad/D"] = total_norm(trainer.discriminator.parameters())
    if step.generator is not None:
        values["grad/G"] = total_norm(trainer.generator.parameters())
    if config.objective.clip:
        values["at_bound"] = share_at_bound(trainer.discriminator, config.objective.clip)
    names = list(values)
    numbers = torch.stack([value.detach().float().to(trainer.device) for value in values.values()]).tolist()
    return dict(zip(names, numbers, strict=True))


def share_at_bound(network: nn.Module, bound: float) -> Tensor:
    """Return the share of a clipped network's weights that lie at the bound."""
    weights = torch.cat([parameter.detach().flatten() for parameter in network.parameters()])
    return (weights.abs() >= bound * (1 - 1e-6)).float().mean()


def largest_singular_values(network: nn.Module) -> list[float]:
    """Return the largest singular value of each spectrally normalised weight, as evaluation mode uses it."""
    training = network.training
    network.eval()
    try:
        with torch.no_grad():
            values = []
            for module in network.modules():
                if not is_parametrized(module, "weight"):
                    continue
                weight = cast(Tensor, module.weight)
                rows = weight.transpose(0, 1) if isinstance(module, nn.ConvTranspose2d) else weight
                values.append(float(torch.linalg.matrix_norm(rows.flatten(1).float(), ord=2)))
            return values
    finally:
        network.train(training)


def check_finite(losses: dict[str, float], networks: Iterable[tuple[str, nn.Module]], *, step: int) -> None:
    """Refuse to go on with a loss, weight or gradient that is not a number, and name it.

    Raises:
        TrainingError: there is one.
    """
    for name, loss in losses.items():
        if not math.isfinite(loss):
            raise TrainingError(f"training needs finite losses; {name} is {loss} at step {step:,}")
    for title, network in networks:
        for name, parameter in network.named_parameters():
            for what, values in (("weights", parameter), ("gradients", parameter.grad)):
                if values is not None and not values.isfinite().all():
                    raise TrainingError(
                        f"training needs finite {what}; those of {title}.{name} are not at step {step:,}"
                    )
