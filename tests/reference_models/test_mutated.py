"""Checkpoints and configurations that once failed; `tests/fuzz` changes thousands of them."""

import copy

import pytest
import torch

from reference_models.errors import CheckpointError, ConfigError
from reference_models.networks.build import build_outlines
from reference_models.presets import build_config
from reference_models.settings import from_flat, read_toml
from reference_models.training.checkpoint import LAST, read_checkpoint


@pytest.fixture(scope="module")
def content(tmp_path_factory):
    """The content of a tiny conditional run's checkpoint, after steps of both optimisers."""
    from reference_models.training import start

    keys = {"net.size": 8, "net.width": 4, "net.latent_dim": 8, "data.count": 20, "batch": 10, "epochs": 1}
    out = tmp_path_factory.mktemp("run") / "run"
    start.train(build_config("acgan", {**keys, "ema_decay": 0.5}), out, device="cpu")
    return torch.load(out / LAST, weights_only=True)


def nested(depth):
    value = []
    for _ in range(depth):
        value = [value]
    return value


def test_a_tree_that_is_no_state(tmp_path):
    """A file that holds something else altogether."""
    for index, tree in enumerate([7, None, [1], "text", torch.zeros(3), {"format": 1}, {1: 2}, nested(150)]):
        path = tmp_path / f"{index}.pt"
        torch.save(tree, path)
        with pytest.raises(CheckpointError):
            read_checkpoint(path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a = " + "[" * 5000, "nested too deeply"),
        ("[net]\nwidth = " + "1" * 5000, "is no TOML file"),
        ("[net]\nwidth = 0x" + "f" * 5000, "a whole number of at most 62 bits; got a whole number of 20000 bits"),
        ("[net]\nwidth = 4000000000", "at most 2,000,000,000 parameters"),
        ("[data]\ncount = 1000000000000", "data.count must be at most 10,000,000"),
        ("[objective]\nclip = 1e308", "objective.clip must be at most 1e.30; got 1e.308"),
        ("[opt_g]\nlr = 0x" + "f" * 5000, "opt_g.lr must be a number; got a whole number of 20000 bits"),
        ('[data]\nsource = "a\\u0000b"', "data.source must be text"),
    ],
)
def test_what_a_refusal_says(tmp_path, text, words):
    """The kinds that once ended in a traceback or took all memory."""
    (tmp_path / "config.toml").write_text(text)
    with pytest.raises(ConfigError, match=words):
        build_outlines(from_flat(read_toml(tmp_path / "config.toml")).net)


@pytest.mark.slow
def test_tensors_that_claim_more_than_they_hold(content, tmp_path):
    """A few bytes that a stride of zero repeats are no weights; nor are those of another network."""
    for name, change in (
        ("strides", lambda weight: weight.new_zeros(()).expand(weight.shape)),
        ("float64", lambda weight: weight.double()),
        ("list", lambda weight: weight.tolist()),
        (r"\[1, ", lambda weight: weight[None]),
    ):
        tree = copy.deepcopy(content)
        tree["trainer"]["generator"]["out.weight"] = change(tree["trainer"]["generator"]["out.weight"])
        torch.save(tree, tmp_path / "x.pt")
        with pytest.raises(CheckpointError, match=rf"generator.out.weight must be .*{name}"):
            read_checkpoint(tmp_path / "x.pt")
