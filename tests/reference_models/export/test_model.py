"""Models as one file without code, those that ship with the package, and the real side of their scores."""

import random

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from ganmetrics import GanMetricsError
from reference_models import load_discriminator, load_generator
from reference_models.config import DataConfig
from reference_models.data.load import load_images
from reference_models.data.shapes import CLASS_NAMES
from reference_models.errors import CheckpointError, ConfigError
from reference_models.export.model import export_data, export_model
from reference_models.export.sample import write_best, write_samples
from reference_models.training import start
from reference_models.training.checkpoint import read_checkpoint
from reference_models.training.portable import ZOO, zoo_names

MODELS = ("shapes-cgan", "shapes-dcgan")


@pytest.fixture
def exported(tiny, tmp_path):
    """A tiny run and its exported file."""
    start.train(tiny("acgan", epochs=1, ema_decay=0.5, **{"eval.epochs": ()}), tmp_path / "run", device="cpu")
    return tmp_path / "run", export_model(tmp_path / "run", tmp_path / "model.safetensors")


def drawn(path, out):
    write_samples(path, out, count=20)
    with np.load(out) as arrays:
        return arrays["arr_0"], arrays.get("arr_1")


@pytest.mark.slow
def test_a_file_is_the_run_s_model(exported, tmp_path):
    """The same images and classes, the averaged weights, both networks, and no optimiser."""
    run, file = exported
    (images, labels), (again, same) = drawn(run, tmp_path / "a.npz"), drawn(file, tmp_path / "b.npz")
    assert np.array_equal(images, again)
    assert np.array_equal(labels, same)
    shown = torch.zeros(2, 3, 16, 16)
    assert torch.equal(load_discriminator(run)(shown).logit, load_discriminator(file)(shown).logit)
    average = read_checkpoint(run).trainer["average"]
    assert all(torch.equal(value, average[name]) for name, value in load_generator(file).state_dict().items())
    assert file.stat().st_size < (run / "last.pt").stat().st_size / 2
    write_best(file, tmp_path / "best.png", count=20, best=4)


def test_a_file_says_where_it_comes_from(exported):
    """Configuration, classes, versions and origin can be read without loading a weight."""
    with safe_open(exported[1], "pt") as file:
        metadata = file.metadata()
    assert metadata["origin"] == "trained on shapes from seed 0"
    assert 'preset = "acgan"' in metadata["config"]
    assert "torch" in metadata["versions"]
    assert read_checkpoint(exported[1]).config == read_checkpoint(exported[0]).config


def test_nothing_is_replaced_and_the_ending_is_asked_for(exported, tmp_path):
    """As for every output."""
    with pytest.raises(GanMetricsError, match="exists"):
        export_model(*exported)
    with pytest.raises(ConfigError, match=r"ends with \.safetensors"):
        export_model(exported[0], tmp_path / "model.pt")


@pytest.mark.slow
def test_mutated_files_are_refused_in_one_line(exported, tmp_path):
    """Bytes that are changed, cut or not of this kind."""
    whole, rng, path = exported[1].read_bytes(), random.Random(0), tmp_path / "x.safetensors"
    refused = 0
    for _ in range(100):
        mutated = bytearray(whole)
        # Most of the file are weights, where any bytes are weights; the header is where it can go wrong.
        place = rng.randrange(6000)
        mutated[place : place + rng.randrange(1, 9)] = rng.randbytes(rng.choice([0, 1, 8]))
        path.write_bytes(mutated[: rng.choice([len(mutated), place + 1])])
        try:
            read_checkpoint(path).generator()
        except GanMetricsError as error:
            refused += 1
            assert str(error).isprintable()
            assert len(str(error)) < 900
    assert refused > 80
    save_file({"x": torch.zeros(1)}, path)
    with pytest.raises(CheckpointError, match="is no model that can be read: it needs the kind"):
        read_checkpoint(path)


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_the_zoo(name, tmp_path):
    """What ships is small, says how it was made, and draws at once; it is not what an untrained network draws."""
    file = ZOO / f"{name}.safetensors"
    assert file.stat().st_size < 2_000_000
    with safe_open(file, "pt") as opened:
        assert opened.metadata()["origin"].startswith("python benchmarks/zoo.py")
    images, labels = drawn(f"zoo:{name}", tmp_path / "a.npz")
    assert images.shape == (20, 32, 32, 3)
    assert (labels is None) == (name == "shapes-dcgan")
    assert images.reshape(20, -1).std(axis=0).mean() > 20, "the samples differ"
    if labels is not None:
        assert read_checkpoint(f"zoo:{name}").class_names == CLASS_NAMES
    assert all(value.isfinite().all() for value in load_file(file).values())


def test_the_zoo_is_named():
    """A name that is not there is answered with those that are."""
    assert tuple(zoo_names()) == MODELS
    for name in ("zoo:nothing", "zoo:../training/x", "zoo:"):
        with pytest.raises(CheckpointError, match="the zoo has shapes-cgan, shapes-dcgan; got"):
            read_checkpoint(name)


def test_real_images_as_training_sees_them(tmp_path):
    """The very images of `load_images`, with their classes."""
    export_data("shapes", tmp_path / "real.npz", count=130, size=16, seed=1)
    expected = load_images(DataConfig("shapes", count=130, seed=1), size=16)
    with np.load(tmp_path / "real.npz") as arrays:
        assert np.array_equal(arrays["arr_0"], expected.images.permute(0, 2, 3, 1).numpy())
        assert np.array_equal(arrays["arr_1"], expected.labels.numpy())
    export_data("shapes", tmp_path / "real", count=20, size=16)
    assert {path.name for path in (tmp_path / "real").iterdir()} == set(CLASS_NAMES)
    with pytest.raises(ConfigError, match="--count must be at least 2; got 1"):
        export_data("shapes", tmp_path / "one", count=1, size=16)
