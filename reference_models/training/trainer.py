"""`Trainer`: one discriminator step at a time, and a generator step whenever one is due. It knows no loss."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from reference_models.arguments import check_type
from reference_models.config import TrainConfig
from reference_models.data.batches import Batches
from reference_models.data.images import LabelledImages
from reference_models.networks.build import build_discriminator, build_generator, build_outlines
from reference_models.networks.discriminator import Verdict, has_batch_norm
from reference_models.objectives.compose import build_objective
from reference_models.objectives.scene import Losses, Scene
from reference_models.schedule import learning_rate
from reference_models.training.augment import augmented
from reference_models.training.draws import Draws
from reference_models.training.ema import update_average
from reference_models.training.optimizers import build_optimizer, load_moments, set_rates
from reference_models.training.ranks import TrainingRanks
from reference_models.training.stored import Unfit, check_tensor


@dataclass(frozen=True)
class Step:
    """What one step gave, still on the device: nothing here has waited for it.

    Attributes:
        losses: contributions to both losses by name.
        discriminator: what the discriminator's losses looked at; None where there is no discriminator.
        generator: what the generator's losses looked at; None where no generator step was due.
    """

    losses: Losses
    discriminator: Scene | None
    generator: Scene | None


class Trainer:
    """Two networks, their optimisers and the data; its state is a plain dictionary.

    Args:
        config: of the run, with the number of classes.
        data: the real images.
        device: where the networks are; the CPU by default.
        ranks: this process among those of the run.

    >>> from reference_models.data.load import load_images
    >>> from reference_models.presets import build_config
    >>> config = build_config("dcgan", {"net.width": 4, "net.size": 8, "data.count": 8, "batch": 4})
    >>> trainer = Trainer(config, load_images(config.data, size=8))
    >>> sorted(trainer.step().losses), trainer.steps
    (['D_fake', 'D_real', 'G_adversarial'], 1)
    """

    def __init__(
        self,
        config: TrainConfig,
        data: LabelledImages,
        *,
        device: torch.device | str = "cpu",
        ranks: TrainingRanks | None = None,
    ) -> None:
        check_type("config", config, TrainConfig, "a TrainConfig, such as build_config makes")
        check_type("data", data, LabelledImages, "LabelledImages, such as load_images returns")
        build_outlines(config.net)  # refuses what no memory holds
        self.config = config
        self.ranks = ranks or TrainingRanks()
        self.device = torch.device(device)
        self.batches = Batches(data, batch=config.batch, seed=config.seed, rank=self.ranks.rank, ranks=self.ranks.count)
        counts = None if data.labels is None else torch.bincount(data.labels, minlength=data.classes)
        self.draws = Draws(config, counts, rank=self.ranks.rank)
        self.generator = self._placed(build_generator(config.net, seed=config.seed))
        self.discriminator = self._placed(build_discriminator(config.net, seed=config.seed + 1))
        self.average = self._placed(build_generator(config.net, seed=config.seed)) if config.ema_decay else None
        if self.average is not None:
            self.average.requires_grad_(requires_grad=False)
        self.opt_g = build_optimizer(config.opt_g, self.generator)
        self.opt_d = build_optimizer(config.opt_d, self.discriminator)
        self.objective = build_objective(config.objective)
        self.steps = 0
        self.generator_steps = 0
        # Statistics of a batch that mixes real and fake images tell the two apart by themselves.
        self._judges_together = not has_batch_norm(self.discriminator)

    @property
    def epoch(self) -> int:
        """Number of whole passes of the discriminator over the data."""
        return self.steps // self.batches.steps_per_epoch

    @property
    def images_seen(self) -> int:
        """Number of real images that the discriminator has seen, on all processes."""
        return self.steps * self.config.batch * self.ranks.count

    @property
    def sampled(self) -> nn.Module:
        """The generator to draw samples from: the average of its weights where there is one."""
        return self.generator if self.average is None else self.average

    @property
    def progress(self) -> float:
        """Share of the scheduled epochs that is done; beyond them more than 1."""
        return self.steps / max(self.config.epochs * self.batches.steps_per_epoch, 1)

    def rates(self) -> tuple[float, float]:
        """Return the generator's and the discriminator's learning rate at this step."""
        return learning_rate(self.config.opt_g, self.progress), learning_rate(self.config.opt_d, self.progress)

    def set_rates(self) -> None:
        """Give both optimisers the rates of this step."""
        set_rates(self.opt_g, self.config.opt_g, self.progress)
        set_rates(self.opt_d, self.config.opt_d, self.progress)

    def step(self, *, inspect: Callable[["Trainer"], None] | None = None) -> Step:
        """Take one step of the discriminator, and one of the generator after every `n_critic` of them.

        Args:
            inspect: called when all gradients of the step are there, before the last optimiser uses them.
        """
        self.set_rates()
        generator_due = (self.steps + 1) % self.config.n_critic == 0
        real, real_labels = self._real()
        shared = self.config.objective.fake_labels == "shared"
        labels = (
            real_labels if shared and self.config.net.needs_labels else self._on_device(self.draws.labels(len(real)))
        )
        reuse = generator_due and self.config.reuse_fake
        with nullcontext() if reuse else torch.no_grad():
            fake = self._generate(len(real), labels)
        scene, losses = self._discriminator_step(self._seen(real), real_labels, self._seen(fake.detach()), labels)
        seen = None
        if generator_due:
            if not reuse:
                count = self.config.batch * self.config.g_batch_factor
                labels = self._on_device(self.draws.labels(count))
                fake = self._generate(count, labels)
            real = self._seen(real) if self.objective.generator_needs_real else real
            seen, more = self._generator_step(self._seen(fake), labels, real, real_labels, inspect)
            losses = losses | more
        elif inspect is not None:
            inspect(self)
        self.steps += 1
        return Step({name: loss.detach() for name, loss in losses.items()}, scene, seen)

    def _discriminator_step(
        self, real: Tensor, real_labels: Tensor | None, fake: Tensor, fake_labels: Tensor | None
    ) -> tuple[Scene, Losses]:
        with self._autocast():
            seen_real, seen_fake = self._judge_both(real, real_labels, fake, fake_labels)
        scene = Scene(
            judge=self.discriminator,
            fake=seen_fake,
            fake_images=fake,
            fake_labels=fake_labels,
            real=seen_real,
            real_images=real,
            real_labels=real_labels,
            mix=self._on_device(self.draws.mix(len(real))) if self.objective.takes_penalty else None,
            progress=self.progress,
        )
        losses = self.objective.discriminator(scene)
        self.opt_d.zero_grad(set_to_none=True)
        torch.autograd.backward(torch.stack(list(losses.values())).sum())
        self.ranks.average_gradients(self.discriminator)
        self.opt_d.step()
        self.objective.after_discriminator_step(self.discriminator)
        return scene, losses

    def _generator_step(
        self,
        fake: Tensor,
        labels: Tensor | None,
        real: Tensor,
        real_labels: Tensor | None,
        inspect: Callable[["Trainer"], None] | None,
    ) -> tuple[Scene, Losses]:
        # Gradients of the discriminator's weights would be computed and thrown away.
        self.discriminator.requires_grad_(requires_grad=False)
        try:
            seen_real = None
            with self._autocast():
                if self.objective.generator_needs_real:
                    with torch.no_grad():
                        seen_real = self.discriminator(real, real_labels)
                seen_fake = self.discriminator(fake, labels)
            scene = Scene(self.discriminator, seen_fake, fake, labels, seen_real, real, real_labels)
            losses = self.objective.generator(scene)
            self.opt_g.zero_grad(set_to_none=True)
            torch.autograd.backward(torch.stack(list(losses.values())).sum())
        finally:
            self.discriminator.requires_grad_(requires_grad=True)
        self._move_generator(inspect)
        return scene, losses

    def _move_generator(self, inspect: Callable[["Trainer"], None] | None) -> None:
        """Let the generator's optimiser use its gradients, and the average follow."""
        self.ranks.average_gradients(self.generator)
        if inspect is not None:
            inspect(self)
        self.opt_g.step()
        self.generator_steps += 1
        if self.average is not None:
            begun = self.generator_steps > self.config.ema_start
            update_average(self.average, self.generator, decay=self.config.ema_decay if begun else 0.0)

    def _judge_both(
        self, real: Tensor, real_labels: Tensor | None, fake: Tensor, fake_labels: Tensor | None
    ) -> tuple[Verdict, Verdict]:
        if not self._judges_together:
            return self.discriminator(real, real_labels), self.discriminator(fake, fake_labels)
        labels = None if real_labels is None or fake_labels is None else torch.cat([real_labels, fake_labels])
        both: Verdict = self.discriminator(torch.cat([real, fake]), labels)
        return _part(both, slice(None, len(real))), _part(both, slice(len(real), None))

    def _seen(self, images: Tensor) -> Tensor:
        """Return images as the discriminator sees them, real and generated alike."""
        if self.config.augment == "none":
            return images
        return augmented(images, self._on_device(self.draws.augmentation(len(images))))

    def _real(self) -> tuple[Tensor, Tensor | None]:
        images, labels = self.batches(self.steps, flips=self.draws.flips(self.config.batch))
        if self.config.channels_last:
            images = images.contiguous(memory_format=torch.channels_last)
        needed = labels if self.config.net.needs_labels else None
        return images.to(self.device, non_blocking=True), self._on_device(needed)

    def _generate(self, count: int, labels: Tensor | None) -> Tensor:
        latent = self._on_device(self.draws.latent(count))
        with self._autocast():
            images: Tensor = self.generator(latent, labels)
        return images.float()

    def _autocast(self) -> AbstractContextManager[Any]:
        if self.config.precision == "fp32":
            return nullcontext()
        return torch.autocast(self.device.type, dtype=torch.bfloat16)

    def _placed(self, network: nn.Module) -> nn.Module:
        layout = torch.channels_last if self.config.channels_last else torch.contiguous_format
        return network.to(self.device).to(memory_format=layout).train()

    def _on_device(self, tensor: Any) -> Any:  # noqa: ANN401 - a tensor, or None as it is
        return None if tensor is None else tensor.to(self.device, non_blocking=True)

    def state(self) -> dict[str, Any]:
        """Return all that the next steps depend on, as plain values and tensors on the CPU."""
        state = {
            "generator": self.generator.state_dict(),
            "discriminator": self.discriminator.state_dict(),
            "average": None if self.average is None else self.average.state_dict(),
            "opt_g": self.opt_g.state_dict(),
            "opt_d": self.opt_d.state_dict(),
            "rng": self.ranks.gather(self.draws.rng.get_state()),
            "steps": self.steps,
            "generator_steps": self.generator_steps,
        }
        return {name: _to_cpu(part) for name, part in state.items()}

    def load_state(self, state: dict[str, Any]) -> None:
        """Go on from a state that `state` gave.

        Raises:
            Unfit: a part is missing, or it is of another number of processes, or another optimiser.
            RuntimeError: it is of other networks.
        """
        rng = state.get("rng")
        if not isinstance(rng, list) or len(rng) != self.ranks.count:
            came = f"{len(rng)} processes" if isinstance(rng, list) else "no random numbers"
            raise Unfit(f"the run had {came}; this one has {self.ranks.count}")
        for part in rng:
            check_tensor(part, self.draws.rng.get_state().shape, {torch.uint8}, "rng")
        self.generator.load_state_dict(state["generator"])
        self.discriminator.load_state_dict(state["discriminator"])
        if self.average is not None:
            # A run that has begun to average starts from where its weights are.
            self.average.load_state_dict(state.get("average") or state["generator"])
        load_moments(self.opt_g, state.get("opt_g"), self.generator, self.config.opt_g, title="opt_g")
        load_moments(self.opt_d, state.get("opt_d"), self.discriminator, self.config.opt_d, title="opt_d")
        self.draws.rng.set_state(rng[self.ranks.rank])
        self.steps, self.generator_steps = state["steps"], state["generator_steps"]


def _part(verdict: Verdict, rows: slice) -> Verdict:
    classes = None if verdict.classes is None else verdict.classes[rows]
    return Verdict(verdict.logit[rows], classes, verdict.features[rows])


def _to_cpu(value: Any) -> Any:  # noqa: ANN401 - a tree of plain values and tensors
    if isinstance(value, Tensor):
        return value.detach().cpu().clone()
    if isinstance(value, dict):
        return {key: _to_cpu(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_to_cpu(inner) for inner in value)
    return value
