"""The pattern that any loop scores with, the sampler, and the choice of an extractor."""

import inspect
from pathlib import Path

import pytest
import torch
from torch import nn

from ganmetrics import FrechetInceptionDistance, Reference, WeightsError, fid, to_uint8
from ganmetrics.testing import ChannelMeans, random_images
from reference_models.config import EvalConfig
from reference_models.data.images import LabelledImages
from reference_models.errors import ConfigError
from reference_models.networks.build import build_generator
from reference_models.presets import build_config
from reference_models.scoring import extractors, pattern, reference
from reference_models.scoring.extractors import with_extractor
from reference_models.scoring.pattern import evaluating, score_samples
from reference_models.scoring.sampler import Sampler
from reference_models.scoring.scorer import Scorer

DOCS = Path(__file__).parents[3] / "docs" / "training-loops.md"


def test_the_docs_show_the_code_that_the_loop_uses():
    """The pattern in the documentation is the bundled loop's, to the letter, but for the checks of its arguments."""
    text = DOCS.read_text(encoding="utf-8")
    for function in (pattern.evaluating, pattern.score_samples):
        source = inspect.getsource(function)
        lines = source[source.rindex('"""') + 3 :].splitlines()
        body = "\n".join(line for line in lines if "check" not in line and "whole_number" not in line)
        assert body.strip() in text


def test_every_part_has_its_own_mode_back():
    """A part that was frozen in evaluation mode stays so; gradients are back; also after an error."""
    network = nn.Sequential(nn.BatchNorm1d(2), nn.Sequential(nn.Dropout(), nn.BatchNorm1d(2)))
    network[1].eval()
    with evaluating(network) as inside:
        assert not any(module.training for module in inside.modules())
        assert not torch.is_grad_enabled()
    assert network.training
    assert network[0].training
    assert not network[1].training
    with pytest.raises(ZeroDivisionError), evaluating(network):
        _ = 1 / 0
    assert network[0].training
    assert torch.is_grad_enabled()


@pytest.mark.slow
def test_the_score_is_that_of_the_images():
    """However they are batched, the last, smaller batch included; an earlier use leaves nothing behind."""
    real = random_images(30)
    metric = FrechetInceptionDistance(
        Reference.from_images(real, extractor=ChannelMeans(), workers=0), extractor=ChannelMeans()
    )

    def source():
        rng = torch.Generator().manual_seed(5)
        return lambda count: torch.rand(count, 3, 4, 4, generator=rng) * 2 - 1

    score_samples(metric, source(), count=50)
    score = score_samples(metric, source(), count=23, batch=5)
    rng = torch.Generator().manual_seed(5)
    fake = to_uint8(torch.cat([torch.rand(size, 3, 4, 4, generator=rng) * 2 - 1 for size in (5, 5, 5, 5, 3)]))
    assert score.fake_count == 23
    assert score.value == pytest.approx(fid(real, fake, extractor=ChannelMeans(), workers=0).value, rel=1e-9)


def test_samples_are_seeded_and_in_evaluation_mode(tiny):
    """One latent gives one image whatever it is batched with, and sampling leaves modes and statistics alone."""
    generator = build_generator(tiny("dcgan").net).train()
    before = [buffer.clone() for buffer in generator.buffers()]
    sampler = Sampler(generator)
    latent = torch.randn(6, 16)
    torch.testing.assert_close(sampler.images(latent)[:1], sampler.images(latent[:1]))
    assert torch.equal(sampler.source(seed=1)(4), sampler.source(seed=1)(4))
    assert not torch.equal(sampler.source(seed=1)(4), sampler.source(seed=2)(4))
    assert generator.training
    assert all(torch.equal(a, b) for a, b in zip(before, generator.buffers(), strict=True))


def test_samples_of_a_class(tiny):
    """A class can be asked for, and classes can be drawn as the data have them."""
    generator = build_generator(tiny("cgan").net)
    rng = torch.Generator().manual_seed(0)
    assert Sampler(generator).draw(5, rng, label=3)[1].tolist() == [3] * 5
    assert Sampler(generator).draw(400, rng)[1].unique().tolist() == list(range(10))
    weights = torch.tensor([0] * 9 + [1])
    assert Sampler(generator, class_weights=weights).draw(5, rng)[1].tolist() == [9] * 5
    assert Sampler(build_generator(tiny("dcgan").net)).draw(5, rng)[1] is None


def test_the_extractor_that_is_chosen(monkeypatch):
    """Shapes are scored offline; other data with Inception where its weights are, and otherwise one has to be named."""
    said = []
    shapes = with_extractor(build_config("dcgan", {"eval.epochs": (0,)}), say=said.append)
    assert shapes.eval.extractor == "efficientnet-lite0"
    assert "scored with efficientnet-lite0" in said[0]
    folder = build_config("dcgan", {"eval.epochs": (0,), "data.source": "folder"})

    def missing(*_arguments, **_options):
        raise WeightsError("not here")

    monkeypatch.setattr(extractors, "extract", missing)
    with pytest.raises(
        ConfigError, match=r"weights of inception-v3, which are not on this machine, or --extractor NAME"
    ):
        with_extractor(folder, say=said.append)
    monkeypatch.setattr(extractors, "extract", lambda *_arguments, **_options: None)
    assert with_extractor(folder, say=said.append).eval.extractor == "inception-v3"
    named = build_config("dcgan", {"eval.epochs": (0,), "eval.extractor": "timm:x", "data.source": "folder"})
    assert with_extractor(named, say=said.append) is named
    unscored = build_config("dcgan", {"data.source": "folder"})
    assert with_extractor(unscored, say=said.append) is unscored


@pytest.mark.slow
def test_the_real_side_is_computed_once(monkeypatch):
    """A second run on the same images reads what the first has stored; other images, counts or seeds do not."""
    from ganmetrics.extraction import settings

    passes = []

    class Counted(ChannelMeans):
        def __call__(self, batch, device):
            passes.append(len(batch))
            return super().__call__(batch, device)

    monkeypatch.setattr(settings, "open_extractor", lambda *_arguments, **_options: Counted(name="efficientnet-lite0"))

    def images_seen(config, seed=0):
        passes.clear()
        Scorer(config, LabelledImages(random_images(20, seed=seed, size=8), None, (), "random"))
        return sum(passes)

    config = EvalConfig(extractor="efficientnet-lite0")
    assert [images_seen(config), images_seen(config)] == [20, 0]
    assert images_seen(config, seed=1) == 20
    fewer = EvalConfig(extractor="efficientnet-lite0", real_count=10)
    assert [images_seen(fewer), images_seen(fewer)] == [10, 0]
    assert images_seen(EvalConfig(extractor="efficientnet-lite0", real_count=10, seed=1)) == 10
    for path in reference.statistics_directory().glob("*.npz"):
        path.write_bytes(b"damaged")
    assert images_seen(config) == 20
