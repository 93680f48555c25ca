"""Checkpoints, state dicts and configurations that are mutated: used as they are, or refused in one printable line."""

import copy
import random
from contextlib import suppress

import pytest
import torch

from ganmetrics import GanMetricsError
from reference_models.data.load import load_images
from reference_models.errors import CheckpointError, ConfigError, one_line
from reference_models.export.sample import write_samples
from reference_models.networks.build import build_outlines
from reference_models.presets import build_config
from reference_models.settings import from_flat, read_toml, to_toml
from reference_models.training.checkpoint import LAST, read_checkpoint
from reference_models.training.stored import Unfit, check_progress
from reference_models.training.trainer import Trainer

CASES = 300
LONGEST = 900


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


ODD = (
    lambda _: None,
    lambda _: -1,
    lambda _: 10**30,
    lambda _: float("nan"),
    lambda _: "\x1b[2J\n",
    lambda _: {},
    lambda _: [],
    lambda _: {"a": {1: 2}},
    lambda _: {(1, 2): None, None: 3},
    lambda _: nested(200),
    lambda _: True,
    lambda _: torch.zeros(3, device="meta"),
    lambda value: torch.zeros(2, 2).to_sparse() if not isinstance(value, torch.Tensor) else value.to_sparse(),
    lambda value: value.to("meta") if isinstance(value, torch.Tensor) else "meta",
    lambda value: value.double() if isinstance(value, torch.Tensor) else 0.5,
    lambda value: value.to(torch.bfloat16) if isinstance(value, torch.Tensor) else 1j,
    lambda value: value.to(torch.float8_e4m3fn) if isinstance(value, torch.Tensor) else b"x",
    lambda value: value[..., None] if isinstance(value, torch.Tensor) else (value,),
    lambda value: value.new_zeros(()).expand(value.shape) if isinstance(value, torch.Tensor) else [value] * 3,
    lambda value: value.transpose(0, 1) if isinstance(value, torch.Tensor) and value.ndim > 1 else 2**40,
    lambda value: (
        value.detach().clone().requires_grad_() if torch.is_tensor(value) and value.is_floating_point() else 7
    ),
    lambda _: torch.quantize_per_tensor(torch.zeros(3), 0.1, 0, torch.quint8),
)


def mutate(tree, rng):
    """Change one place of a tree of mappings and lists, somewhere below its root."""
    holder, key = tree, rng.choice(list(tree))
    while isinstance(holder[key], dict | list) and holder[key] and rng.random() < 0.85:
        holder = holder[key]
        key = rng.choice(list(holder)) if isinstance(holder, dict) else rng.randrange(len(holder))
    kind = rng.random()
    if kind < 0.15:
        del holder[key]
    elif kind < 0.25 and isinstance(holder, dict):
        holder[rng.choice([7, "more", (1,), None])] = holder[key]
    else:
        with suppress(RuntimeError):  # what was mutated before cannot become everything
            holder[key] = rng.choice(ODD)(holder[key])


def use(path, data):
    """Do all that a checkpoint is for: sample, judge, go on for a step."""
    checkpoint = read_checkpoint(path)
    write_samples(path, path.with_suffix(".npz"), count=2)
    assert checkpoint.discriminator()(torch.zeros(1, 3, 8, 8)).classes.shape == (1, 10)
    trainer = Trainer(checkpoint.config, data)
    try:
        check_progress(checkpoint.progress, checkpoint.fixed, checkpoint.config.net)
        trainer.load_state(checkpoint.trainer)
    except Unfit as error:
        raise CheckpointError(str(error)) from None
    trainer.step()
    int(checkpoint.progress["until"])
    assert checkpoint.epoch >= 0


def outcome(call, *arguments):
    """Return whether a call worked, after checking that a refusal is one printable line that is not too long."""
    try:
        call(*arguments)
    except GanMetricsError as error:
        line = one_line(error)
        assert str(error).isprintable()
        assert len(line) < LONGEST
        return False
    return True


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Sparse", "ignore:TypedStorage", "ignore:.*quantize", "ignore:.*[Qq]uantized")
@pytest.mark.parametrize("seed", [0, 1])
def test_mutated_checkpoints(content, tmp_path, seed):
    """Anything may stand anywhere in the file: nothing but a one-line refusal comes of it."""
    rng, data = random.Random(seed), load_images(build_config("acgan", {"data.count": 20}).data, size=8)
    worked = 0
    for case in range(CASES // 3):
        tree = copy.deepcopy(content)
        for _ in range(rng.choice([1, 1, 1, 2, 4])):
            mutate(tree, rng)
        path = tmp_path / f"{case}.pt"
        torch.save(tree, path)
        worked += outcome(use, path, data)
    assert 0 < worked < CASES // 6, "some mutations are harmless, most are not"


def test_mutated_bytes(content, tmp_path):
    """Bytes that are flipped, cut off, doubled or put elsewhere."""
    rng, data = random.Random(2), load_images(build_config("acgan", {"data.count": 20}).data, size=8)
    torch.save(content, tmp_path / "whole.pt")
    whole = (tmp_path / "whole.pt").read_bytes()
    for case in range(60):
        mutated = bytearray(whole)
        for _ in range(rng.choice([1, 8])):
            place, length = rng.randrange(len(mutated)), rng.randrange(1, 64)
            part = mutated[place : place + length]
            mutated[place : place + length] = rng.choice(
                [b"", part * 2, bytes(rng.randbytes(len(part))), bytes(part[::-1])]
            )
        path = tmp_path / f"{case}.pt"
        path.write_bytes(mutated)
        outcome(use, path, data)


def test_a_tree_that_is_no_state(tmp_path):
    """A file that holds something else altogether."""
    for index, tree in enumerate([7, None, [1], "text", torch.zeros(3), {"format": 1}, {1: 2}, nested(150)]):
        path = tmp_path / f"{index}.pt"
        torch.save(tree, path)
        with pytest.raises(CheckpointError):
            read_checkpoint(path)


PIECES = ("[[[[", "[" * 3000, "{" * 3000, "1" * 5000, "0x" + "f" * 5000, "nan", "-inf", "1e400", '"""', "'\\u0000'")
PIECES += ("\x00", "\udcff", "=", "\n[net]\n", "\nnet = 3\n", "a." * 500, "\x1b[2J", "true", "[[1], 2]", "{}", "9" * 18)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
def test_mutated_toml(tmp_path, seed):
    """Configurations in which anything may stand: read as they are, or refused in one line, and cheaply."""
    rng, path = random.Random(seed), tmp_path / "config.toml"
    names = ["dcgan", "wgan-gp-acgan"]

    def read():
        net = from_flat(read_toml(path)).with_classes(10).net
        if rng.random() < 0.1:
            build_outlines(net)

    worked = 0
    for _ in range(CASES):
        lines = to_toml(build_config(rng.choice(names), {"data.source": "shapes"})).splitlines()
        for _ in range(rng.choice([1, 1, 2])):
            row = rng.randrange(len(lines))
            key, equals, _ = lines[row].partition(" = ")
            piece = rng.choice(PIECES)
            lines[row] = rng.choice([key + equals + piece, piece + lines[row], lines[row] + piece, ""])
        path.write_bytes("\n".join(lines).encode("utf-8", "surrogateescape"))
        worked += outcome(read)
    assert 0 < worked < CASES // 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a = " + "[" * 5000, "nested too deeply"),
        ("[net]\nwidth = " + "1" * 5000, "is no TOML file"),
        ("[net]\nwidth = 0x" + "f" * 5000, "a whole number of at most 62 bits; got a whole number of 20000 bits"),
        ("[net]\nwidth = 4000000000", "at most 2,000,000,000 parameters"),
        ("[data]\ncount = 1000000000000", "data.count must be at most 10,000,000"),
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
