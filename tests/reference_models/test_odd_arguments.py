"""The reference models' public functions refuse arguments of wrong kinds in one line, before any work."""

import dataclasses

import pytest
import torch

import reference_models
from ganmetrics import FrechetInceptionDistance, GanMetricsError, Reference
from ganmetrics.testing import ChannelMeans, random_images
from reference_models.config import DataConfig, EvalConfig, NetConfig, ObjectiveConfig, OptimizerConfig, TrainConfig
from reference_models.errors import ConfigError
from reference_models.networks.build import build_generator

KEYS = {"net.size": 8, "net.width": 4, "net.latent_dim": 8, "data.count": 20, "batch": 10, "epochs": 1}
IMAGES = random_images(20)
SECTIONS = (DataConfig, EvalConfig, NetConfig, ObjectiveConfig, OptimizerConfig, TrainConfig)
ODD = [None, "x", -1, 1.5, object(), torch.zeros(3), [1], float("nan")]


@pytest.mark.parametrize(
    ("section", "name"), [(section, field.name) for section in SECTIONS for field in dataclasses.fields(section)]
)
def test_every_attribute_of_a_configuration_is_looked_at(section, name):
    """No value of another kind goes in: where one is taken, it is of the kind of the default."""
    for value in ODD:
        try:
            made = getattr(section(**{name: value}), name)
        except ConfigError as error:
            assert name in str(error) or "\n" not in str(error)
        else:
            default = getattr(section(), name)
            assert isinstance(made, type(default)) or (isinstance(default, float) and isinstance(made, int))


def test_the_words_say_the_kind():
    with pytest.raises(ConfigError, match=r"^net\.width must be a whole number; got 'x'$"):
        NetConfig(width="x")
    with pytest.raises(ConfigError, match=r"^eval\.epochs must be a tuple, each a whole number; got 3$"):
        EvalConfig(epochs=3)
    with pytest.raises(ConfigError, match=r"^optimizer lr_end must be a number or None; got 'x'$"):
        OptimizerConfig(lr_end="x")
    with pytest.raises(ConfigError, match=r"^net must be a NetConfig; got 3$"):
        TrainConfig(net=3)


def metric():
    """Of twenty images."""
    reference = Reference.from_images(IMAGES, extractor=ChannelMeans(), workers=0)
    return FrechetInceptionDistance(reference, extractor=ChannelMeans(), device="cpu")


CALLS = {
    "a preset": lambda: reference_models.build_config([]),
    "changes": lambda: reference_models.build_config("dcgan", 3),
    "a key": lambda: reference_models.build_config("dcgan", {3: 3}),
    "a number of shapes": lambda: reference_models.draw_shapes("x"),
    "a size of shapes": lambda: reference_models.draw_shapes(3, size=1 << 40),
    "a section of data": lambda: reference_models.load_images("shapes", size=8),
    "no images": lambda: reference_models.LabelledImages(3, None, (), "x"),
    "images of floats": lambda: reference_models.LabelledImages(torch.zeros(3, 3, 4, 4), None, (), "x"),
    "labels of floats": lambda: reference_models.LabelledImages(IMAGES, torch.zeros(20), ("a",), "x"),
    "names": lambda: reference_models.LabelledImages(IMAGES, None, [3], "x"),
    "a choice": lambda: reference_models.LabelledImages(IMAGES, None, (), "x").choose("3", 0),
    "a metric": lambda: reference_models.score_samples(3, lambda count: IMAGES[:count], count=20),
    "a generator": lambda: reference_models.score_samples(metric(), 3, count=20),
    "a count": lambda: reference_models.score_samples(metric(), lambda count: IMAGES[:count], count=None),
    "a network": lambda: reference_models.Sampler(torch.nn.Linear(2, 3)),
    "a path": lambda: reference_models.load_generator(3),
    "a configuration to train": lambda: reference_models.train("dcgan", "/nowhere/x"),
    "epochs": lambda: reference_models.resume("/nowhere/x", more_epochs="x"),
    "changes to a run": lambda: reference_models.resume("/nowhere/x", changes=3),
    "keys that may change": lambda: reference_models.resume("/nowhere/x", allow_changed=3),
    "a text of keys that may change": lambda: reference_models.resume("/nowhere/x", allow_changed="batch"),
    "a tensor of keys": lambda: reference_models.resume("/nowhere/x", allow_changed=torch.tensor(3)),
    "an observer": lambda: reference_models.resume("/nowhere/x", observer=3),
    "a trainer": lambda: reference_models.Trainer(3, 3),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_what_is_of_a_wrong_kind_is_refused(call):
    with pytest.raises(GanMetricsError) as error:
        call()
    assert str(error.value).isprintable()


def test_an_extractor_that_is_none_begins_no_run(tmp_path):
    config = reference_models.build_config("dcgan", KEYS | {"eval.epochs": (0, 1), "eval.count": 20})
    with pytest.raises(GanMetricsError):
        reference_models.train(config, tmp_path / "run", extractor=3)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("weights", ["x", torch.zeros(10), torch.ones(9), -torch.ones(10), torch.ones(10) * torch.nan])
def test_weights_of_classes_fit_them(weights):
    network = build_generator(reference_models.build_config("acgan", KEYS).with_classes(10).net)
    with pytest.raises(GanMetricsError, match="class_weights must be"):
        reference_models.Sampler(network, class_weights=weights)
    made = reference_models.Sampler(network, class_weights=torch.ones(10))
    with pytest.raises(GanMetricsError, match="label must be a whole number from 0 to 9; got 10"):
        made.source(seed=0, label=10)(3)
    with pytest.raises(GanMetricsError, match="seed must be a whole number"):
        made.source(seed="x")
