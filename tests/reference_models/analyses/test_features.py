"""Probes, filters, dropped maps and the best discriminator."""

import math

import numpy as np
import pytest
import torch
from scipy import optimize
from torch import nn

from reference_models.analyses import probe as probe_module
from reference_models.analyses.dropping import drop_maps, without
from reference_models.analyses.guided import guided_copy, view_filters
from reference_models.analyses.optimal import NormalDensity, compare_discriminator
from reference_models.analyses.probe import StageFeatures, choose_rows, probe
from reference_models.analyses.split import labelled_sides
from reference_models.analyses.subject import open_subject
from reference_models.analyses.svm import LinearSVM
from reference_models.data.images import LabelledImages
from reference_models.data.load import load_images
from reference_models.data.shapes import CLASS_NAMES, draw_shapes
from reference_models.errors import ConfigError
from reference_models.networks.build import build_discriminator
from reference_models.training.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from reference_models.training.trainer import Trainer

pytestmark = pytest.mark.slow


def test_the_machine_is_at_its_minimum():
    """The squared hinge of one class against the rest, minimised by SciPy, gives the same weights."""
    rng = torch.Generator().manual_seed(0)
    points = torch.randn(60, 4, generator=rng, dtype=torch.float64)
    labels = (points[:, 0] + 0.5 * torch.randn(60, generator=rng, dtype=torch.float64) > 0).long()
    machine = LinearSVM(0.7).fit(points, labels, classes=2)
    array, sides = points.numpy(), np.where(labels.numpy() == 1, 1.0, -1.0)

    def loss(weights):
        short = np.maximum(0, 1 - sides * (array @ weights[:4] + weights[4]))
        return weights[:4] @ weights[:4] / 2 + 0.7 * (short**2).sum()

    found = optimize.minimize(loss, np.zeros(5), method="BFGS").x
    assert np.allclose(np.append(machine.weights[:, 1], machine.bias[1]), found, atol=1e-3)


def test_rows_are_chosen_evenly():
    """So many of each class, without repetition, and other ones for another seed."""
    labels = torch.tensor([0] * 50 + [1] * 20)
    rows = choose_rows(labels, 10, torch.Generator().manual_seed(0))
    assert torch.bincount(labels[rows]).tolist() == [10, 10]
    assert len(set(rows.tolist())) == 20
    assert rows.tolist() != choose_rows(labels, 10, torch.Generator().manual_seed(1)).tolist()


def test_features_use_the_statistics_of_the_whole_set(trained):
    """Every stage pooled to 4x4 side by side; what training left in batch normalisation does not matter."""
    network = read_checkpoint(trained).discriminator()
    images = draw_shapes(100, size=16).images
    before = StageFeatures(network, images)(images)
    assert before.shape == (100, (12 + 24) * 16)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.add_(5)
            changed = module
    assert torch.allclose(StageFeatures(network, images)(images), before, atol=1e-5)
    assert changed.momentum == 0.1, "the network itself stays as it was"


def _blind(checkpoint):
    """A checkpoint whose discriminator has stopped to see: its weights are zero."""
    state = dict(checkpoint.trainer)
    state["discriminator"] = {name: torch.zeros_like(value) for name, value in state["discriminator"].items()}
    return Checkpoint(checkpoint.config, state, checkpoint.progress, {}, checkpoint.class_names, None)


def test_a_probe_compares_three_kinds_of_features(trained, monkeypatch):
    """N4: features of the discriminator know more of the classes than pixels do; those of a blind one know nothing."""
    monkeypatch.setattr(probe_module, "COSTS", (1e-2,))
    checkpoint = read_checkpoint(trained)
    sides = labelled_sides(checkpoint.config, data="shapes", test_data=None, count=600, test=200, seed=0)
    found = {kind.name: kind for kind in probe(checkpoint, *sides, per_class=30, repeats=2, seed=0)}
    assert list(found) == ["trained", "untrained", "pixels"]
    assert found["trained"].mean > found["pixels"].mean + 0.03
    assert found["trained"].std is not None
    blind = probe(_blind(checkpoint), *sides, per_class=30, repeats=1, seed=0)[0]
    assert blind.mean < 0.2


def test_the_two_sides_of_a_probe_never_overlap(trained):
    """What is tested on was not taught, whether it is set aside or comes from another source."""
    config = read_checkpoint(trained).config
    known, tried = labelled_sides(config, data="shapes", test_data=None, count=60, test=20, seed=0)
    pixels = {image.numpy().tobytes() for image in known.images}
    assert (len(known), len(tried)) == (40, 20)
    assert not any(image.numpy().tobytes() in pixels for image in tried.images)
    with pytest.raises(ConfigError, match="--test 59 leaves too few of 60 images"):
        labelled_sides(config, data="shapes", test_data=None, count=60, test=59, seed=0)


def test_probes_that_would_mislead_are_refused(trained, tiny):
    """A discriminator that is told the class would be found to know it."""
    checkpoint = read_checkpoint(trained)
    drawn = draw_shapes(40, size=16)
    data = LabelledImages(drawn.images, drawn.labels, CLASS_NAMES, "shapes")
    told = Checkpoint(tiny("cgan"), {}, {"epoch": 0}, {}, CLASS_NAMES, None)
    with pytest.raises(ConfigError, match="the maps of cgan are told the class"):
        probe(told, data, data, per_class=0, repeats=1, seed=0)
    with pytest.raises(ConfigError, match="a probe needs labels; plain has none"):
        probe(checkpoint, data, LabelledImages(drawn.images, None, (), "plain"), per_class=0, repeats=1, seed=0)
    with pytest.raises(ConfigError, match="--per-class must be from 0 to 4, the images of the smallest class; got 5"):
        probe(checkpoint, data, data, per_class=5, repeats=1, seed=0)


def test_guided_gradients_pass_only_what_is_positive(tiny):
    """The forward pass is unchanged; backwards, a rectifier stops what is negative, unlike plain gradients."""
    network = build_discriminator(tiny("dcgan").net).eval()
    guided = guided_copy(network)
    images = torch.rand(2, 3, 16, 16, generator=torch.Generator().manual_seed(0)) * 2 - 1
    assert torch.allclose(network(images).logit, guided(images).logit)
    layer = next(module for module in guided.modules() if type(module).__name__ == "_Guided")
    maps = torch.tensor([-1.0, -1.0, 2.0, 2.0], requires_grad=True)
    (gradient,) = torch.autograd.grad(layer(maps), maps, torch.tensor([-1.0, 1.0, -1.0, 1.0]))
    assert torch.allclose(gradient, torch.tensor([0.0, 0.2, 0.0, 1.0]))


def test_filters_are_shown_with_what_they_answer_to(trained):
    """N5: the images of a filter are those with its largest answers, and gradients lie in its field of view."""
    discriminator = read_checkpoint(trained).discriminator()
    images = draw_shapes(60, size=16).images
    view = view_filters(discriminator, images, stage=0, filters=3, examples=2)
    assert view.images.shape == view.gradients.shape == (3, 2, 3, 16, 16)
    touched = view.gradients.abs().sum(dim=2) > 0
    # Where two places answer alike, both are shown.
    assert touched.flatten(2).sum(dim=2).float().median() == 16, "a first convolution of 4x4 sees 16 pixels"
    assert view.focus == pytest.approx(1, abs=1e-4)
    with pytest.raises(ConfigError, match="--stage must be from 0 to 1; got 2"):
        view_filters(discriminator, images, stage=2, filters=1, examples=1)


def test_dropped_maps_take_the_object_away(trained):
    """N5: without the maps that matter most the shapes shrink; without the least they stay; and nothing is for good."""
    subject = open_subject(trained)
    found = drop_maps(subject, stage=-1, count=4, samples=16, seed=0)
    assert found.measure == "area"
    # Below 0.5 after training on one processor, 0.56 on another: a short training differs in its last bits at first.
    assert found.remaining < 0.7
    assert (subject.images(subject.latents(16, seed=0)) == found.before).all()
    part = subject.sampler.network.blocks[-1]
    from reference_models.analyses.truth import measure_shapes

    with without(part, [int(found.effects.abs().argmin())]):
        kept = measure_shapes(subject.images(subject.latents(16, seed=0)))["area"].mean()
    assert kept > 0.8 * measure_shapes(found.before)["area"].mean()
    with pytest.raises(ConfigError, match="--drop must be from 1 to 12, the maps of that stage; got 13"):
        drop_maps(subject, stage=-1, count=13, samples=2, seed=0)


def test_the_learnt_discriminator_is_the_best_one():
    """N6: within 0.05 of p / (p + q), and V(D*) = 2 JSD - log 4 by another way, above V of any other discriminator."""
    found = compare_discriminator(NormalDensity(0, 1), NormalDensity(1.5, 0.8), steps=300)
    assert found.max_error < 0.05
    assert found.identity_gap < 1e-6
    assert 0 < found.value - found.learnt_value < 1e-3
    assert compare_discriminator(NormalDensity(0, 1), NormalDensity(1.5, 0.8), steps=3).max_error > 0.05


def test_against_a_perfect_generator_one_half_is_best():
    """Equal distributions: D* is 1/2 and V is -log 4; far apart ones: V is 0."""
    equal = compare_discriminator(NormalDensity(1, 2), NormalDensity(1, 2), steps=1)
    assert torch.allclose(equal.closed, torch.full_like(equal.closed, 0.5))
    assert equal.value == pytest.approx(-math.log(4), abs=1e-9)
    assert compare_discriminator(NormalDensity(0, 1), NormalDensity(50, 1), steps=1).value == pytest.approx(0, abs=1e-9)
    with pytest.raises(ConfigError, match="must be above 0"):
        compare_discriminator(NormalDensity(0, 0), NormalDensity(1, 1))
    assert NormalDensity(0, 1e308).entropy == pytest.approx(710.615, abs=1e-3)  # the square is beyond any float


@pytest.mark.parametrize("preset", ["acgan", "sagan", "cgan-projection", "wgan-gp-acgan-seed"])
def test_other_networks_can_be_looked_into(preset, tiny, tmp_path):
    """Classes, attention, spectral normalisation and the hybrid's own layers: filters, dropped maps and features."""
    config = tiny(preset)
    data = load_images(config.data, size=16)
    counts = torch.bincount(data.labels, minlength=data.classes)
    path = tmp_path / "last.pt"
    state = Trainer(config, data).state()
    write_checkpoint(path, Checkpoint(config, state, {"epoch": 0}, {}, data.class_names, counts))
    subject = open_subject(path)
    assert subject.label == (0 if preset != "sagan" else None)
    discriminator = subject.checkpoint.discriminator()
    view = view_filters(discriminator, data.images[:20], stage=-1, filters=2, examples=2)
    assert view.gradients.isfinite().all()
    assert len(drop_maps(subject, stage=-1, count=2, samples=2, seed=0).maps) == 2
    features = StageFeatures(discriminator, data.images[:20])(data.images[:20])
    assert features.std(dim=0).max() > 0
