"""One step against a reference written by hand, and what a step must not do."""

import copy

import pytest
import torch
from torch.nn.functional import binary_cross_entropy_with_logits

from ganmetrics import FrechetInceptionDistance, Reference
from reference_models import Sampler, score_samples
from reference_models.presets import PRESETS


def tensors(trainer):
    return [*trainer.generator.state_dict().values(), *trainer.discriminator.state_dict().values()]


def same(first, second):
    return all(torch.equal(a, b) for a, b in zip(tensors(first), tensors(second), strict=True))


@pytest.mark.slow
@pytest.mark.parametrize("reuse", [True, False])
def test_gradients_are_those_of_the_algorithm(trainer, reuse):
    """A6: D on BCE(real, 1) + BCE(fake, 0), then G on BCE(fake, 1), with the same images or with fresh ones."""
    ours = trainer("dcgan", reuse_fake=reuse)
    for _ in range(3):
        generator, discriminator = copy.deepcopy(ours.generator), copy.deepcopy(ours.discriminator)
        rng = torch.Generator()
        rng.set_state(ours.draws.rng.get_state())
        real, _ = ours.batches(ours.steps)
        fake = generator(torch.randn(8, 16, generator=rng))
        loss = binary_cross_entropy_with_logits(discriminator(real).logit, torch.ones(8))
        loss = loss + binary_cross_entropy_with_logits(discriminator(fake.detach()).logit, torch.zeros(8))
        of_d = torch.autograd.grad(loss, list(discriminator.parameters()))
        seen = {}

        def look(trained, seen=seen):
            seen["D"] = [parameter.grad.clone() for parameter in trained.discriminator.parameters()]
            seen["G"] = [parameter.grad.clone() for parameter in trained.generator.parameters()]
            seen["judge"] = copy.deepcopy(trained.discriminator)

        before = copy.deepcopy(ours.generator)
        losses = ours.step(inspect=look).losses
        assert (losses["D_real"] + losses["D_fake"]).item() == pytest.approx(loss.item(), abs=1e-6)
        for mine, reference in zip(seen["D"], of_d, strict=True):
            torch.testing.assert_close(mine, reference, atol=1e-6, rtol=1e-4)
        # The generator learns from the discriminator as its own step has left it.
        if not reuse:
            generator = before
            generator.load_state_dict({**before.state_dict()})
            fake = generator(torch.randn(8, 16, generator=rng))
        judge = seen["judge"].requires_grad_(requires_grad=False)
        of_g = torch.autograd.grad(
            binary_cross_entropy_with_logits(judge(fake).logit, torch.ones(8)), list(generator.parameters())
        )
        for mine, reference in zip(seen["G"], of_g, strict=True):
            torch.testing.assert_close(mine, reference, atol=1e-6, rtol=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize("preset", PRESETS)
def test_each_step_moves_its_own_network(trainer, preset):
    """A6: the discriminator's weights have no gradient from the generator's step; all weights of both networks move."""
    ours = trainer(preset, n_critic=1)
    weights = [*ours.generator.parameters(), *ours.discriminator.parameters()]
    before = [parameter.detach().clone() for parameter in weights]
    kept = {}

    def look(trained):
        kept["D"] = [parameter.detach().clone() for parameter in trained.discriminator.parameters()]

    ours.step(inspect=look)
    assert all(torch.equal(a, b) for a, b in zip(kept["D"], ours.discriminator.parameters(), strict=True))
    assert all(parameter.requires_grad for parameter in ours.discriminator.parameters())
    ours.step()
    moved = [not torch.equal(a, b) for a, b in zip(before, weights, strict=True)]
    assert sum(moved) / len(moved) > 0.9


def test_the_critic_takes_its_steps(trainer):
    """A7, A13: one generator step after every n_critic of the discriminator, each on new real images."""
    ours = trainer("wgan", n_critic=3)
    moved = []
    for _ in range(6):
        before = [parameter.detach().clone() for parameter in ours.generator.parameters()]
        step = ours.step()
        moved.append(not all(torch.equal(a, b) for a, b in zip(before, ours.generator.parameters(), strict=True)))
        assert ("G_adversarial" in step.losses) == moved[-1]
        assert max(parameter.abs().max().item() for parameter in ours.discriminator.parameters()) <= 0.01 + 1e-9
    assert moved == [False, False, True] * 2
    assert ours.generator_steps == 2
    indices = [tuple(ours.batches.indices(step).tolist()) for step in range(6)]
    assert len(set(indices)) == 6


def test_a_critic_that_does_not_clip_is_seen(trainer):
    """The control of the one above: without clipping, weights do leave the bound."""
    ours = trainer("wgan-gp")
    ours.step()
    assert max(parameter.abs().max().item() for parameter in ours.discriminator.parameters()) > 0.02


@pytest.mark.slow
def test_scoring_changes_nothing(trainer, extractor):
    """Training is the same to the bit with and without scoring in between, dropout of modes and draws included."""
    scored, plain = trainer("sagan"), trainer("sagan")
    images = scored.batches._data.images
    metric = FrechetInceptionDistance(
        Reference.from_images(images, extractor=extractor, workers=0), extractor=extractor
    )
    for _ in range(4):
        score_samples(metric, Sampler(scored.sampled).source(seed=0), count=20, batch=7)
        assert scored.generator.training
        scored.step()
        plain.step()
    assert same(scored, plain)
    assert torch.equal(scored.draws.rng.get_state(), plain.draws.rng.get_state())


@pytest.mark.slow
def test_the_seed_decides(trainer):
    """The same seed gives the same weights, another one does not."""
    runs = [trainer("acgan", seed=seed) for seed in (1, 1, 2)]
    for ours in runs:
        ours.step()
    assert same(runs[0], runs[1])
    assert not same(runs[0], runs[2])


def test_the_global_generator_is_not_used(trainer):
    """A loop around it may draw what it likes."""
    first, second = trainer("wgan-gp-acgan"), trainer("wgan-gp-acgan")
    for _ in range(2):
        first.step()
        torch.manual_seed(0)
        torch.rand(5)
        second.step()
    assert same(first, second)


def test_bf16_passes_and_fp32_losses(trainer):
    """Losses, penalty and weights are float32 under bf16 too, and near those of float32."""
    half, full = (trainer("wgan-gp", precision=precision) for precision in ("bf16", "fp32"))
    losses = [ours.step().losses for ours in (half, full)]
    assert {loss.dtype for loss in losses[0].values()} == {torch.float32}
    for name, loss in losses[0].items():
        assert loss.item() == pytest.approx(losses[1][name].item(), rel=0.05, abs=0.05)
    assert not torch.equal(losses[0]["D_real"], losses[1]["D_real"])
    assert torch.equal(losses[0]["penalty"].isfinite(), torch.tensor(True))
    assert {parameter.dtype for parameter in half.generator.parameters()} == {torch.float32}


@pytest.mark.parametrize("prior", ["normal", "uniform"])
def test_the_prior_has_its_moments(trainer, prior):
    """A16: N(0, 1) or U(-1, 1), variance 1/3."""
    latent = trainer("dcgan", **{"net.latent": prior}).draws.latent(20_000)
    assert latent.mean().item() == pytest.approx(0, abs=0.01)
    assert latent.var().item() == pytest.approx(1 if prior == "normal" else 1 / 3, rel=0.02)
    assert (latent.abs().max() <= 1) == (prior == "uniform")


@pytest.mark.slow
def test_fake_labels(trainer):
    """A9: uniform over 0 to c - 1, never c; or as often as in the data; or those of the real batch."""
    uniform = trainer("cgan").draws.labels(5000)
    assert uniform.unique().tolist() == list(range(10))
    assert trainer("dcgan").draws.labels(5) is None
    skewed = trainer("cgan", **{"objective.fake_labels": "data"})
    skewed.draws._class_counts = torch.tensor([9, 1] + [0] * 8)
    drawn = skewed.draws.labels(2000)
    assert drawn.max() == 1
    assert (drawn == 0).float().mean().item() == pytest.approx(0.9, abs=0.03)
    shared = trainer("wgan-gp-acgan").step().discriminator
    assert torch.equal(shared.real_labels, shared.fake_labels)


@pytest.mark.slow
def test_rates_are_independent_and_scheduled(trainer):
    """A18, A19: each network has its own rate, course and end value, and stays there when the run goes beyond."""
    ours = trainer(
        "dcgan",
        epochs=2,
        **{"opt_g.lr": 2e-3, "opt_g.schedule": "cosine", "opt_g.lr_end": 1e-5, "opt_d.lr": 1e-3},
    )
    course = []
    for _ in range(20):
        course.append(ours.rates())
        ours.step()
        assert ours.opt_g.param_groups[0]["lr"] == course[-1][0]
        assert ours.opt_d.param_groups[0]["lr"] == 1e-3
    assert course[0] == (2e-3, 1e-3)
    assert course[8][0] == pytest.approx(0.001005)
    assert course[16][0] == course[19][0] == pytest.approx(1e-5)


def test_real_and_fake_are_judged_apart_under_batch_normalisation(trainer):
    """A mixed batch would tell the two apart by its statistics; without such a norm one pass is the same and faster."""
    assert not trainer("dcgan")._judges_together
    ours = trainer("wgan-gp")
    assert ours._judges_together
    scene = ours.step().discriminator
    fresh = trainer("wgan-gp")
    torch.testing.assert_close(scene.real.logit, fresh.discriminator(scene.real_images).logit, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(scene.fake.logit, fresh.discriminator(scene.fake_images).logit, rtol=1e-4, atol=1e-5)


def test_a_larger_batch_for_the_generator(trainer):
    """The hybrid as first published gives its generator twice the critic's batch."""
    ours = trainer("wgan-gp-acgan", n_critic=1)
    step = ours.step()
    assert len(step.generator.fake_images) == 2 * len(step.discriminator.fake_images) == 16
