"""Checkpoints: whole or as before, read without running code, refused when damaged."""

import pickle

import pytest
import torch

from ganmetrics import StorageError
from reference_models import load_discriminator, load_generator
from reference_models.errors import CheckpointError
from reference_models.training.checkpoint import BEST, LAST, read_checkpoint, write_checkpoint
from reference_models.training.run import fixed_noise
from tests.reference_models.training.surroundings import SETTINGS


@pytest.fixture
def saved(run, tmp_path):
    """A run's folder with an averaged generator."""
    run("acgan", epochs=1, ema_decay=0.5, **{"eval.epochs": (0, 1)})
    return tmp_path / "run"


@pytest.mark.slow
def test_networks_come_back_ready_to_use(saved):
    """Both networks are in evaluation mode, the generator with its averaged weights."""
    generator, discriminator = load_generator(saved), load_discriminator(saved / LAST)
    assert not generator.training
    assert read_checkpoint(saved).path == saved / BEST
    generator, stored = load_generator(saved / LAST), read_checkpoint(saved / LAST)
    average = stored.trainer["average"]
    assert all(torch.equal(value, average[name]) for name, value in generator.state_dict().items())
    assert any(not torch.equal(value, stored.trainer["generator"][name]) for name, value in average.items())
    images = generator(torch.randn(3, 16), torch.tensor([0, 5, 9]))
    assert discriminator(images).classes.shape == (3, 10)
    assert stored.class_names[0] == "red disc"
    assert generator.config == stored.config.net


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
@pytest.mark.parametrize("source", ["run", "zoo"])
def test_weights_are_the_file_s_whatever_torch_s_defaults_are(saved, settings, source):
    """Nothing of a program's defaults goes into a network: no meta tensor, no rounding, no inference tensor."""
    path = saved / LAST if source == "run" else "zoo:shapes-cgan"
    stored = read_checkpoint(path).trainer
    with settings():
        networks = load_generator(path), load_discriminator(path)
    for network, weights in zip(
        networks, (stored["average"] or stored["generator"], stored["discriminator"]), strict=True
    ):
        for name, value in network.state_dict().items():
            assert (value.device.type, value.dtype) == ("cpu", weights[name].dtype)
            assert torch.equal(value, weights[name])
            assert not value.is_inference()


def test_the_fixed_noise_is_stored(saved):
    """P5: every evaluation draws the same latents, and the file has them."""
    stored = read_checkpoint(saved / LAST)
    expected = fixed_noise(stored.config)
    assert torch.equal(stored.fixed["latent"], expected["latent"])
    assert torch.equal(stored.fixed["labels"], torch.arange(64) % 10)


def test_nothing_in_a_file_is_run(saved):
    """The file loads with torch's restricted reader, and a pickle of something else is refused."""
    torch.load(saved / LAST, weights_only=True)

    class Evil:
        def __reduce__(self):
            return (print, ("run",))

    torch.save({"format": 1, "config": Evil()}, saved / LAST)
    with pytest.raises(CheckpointError, match="is no checkpoint that can be read"):
        read_checkpoint(saved / LAST)


@pytest.mark.parametrize("damage", ["cut", "flipped", "text", "other"])
def test_damaged_files_are_refused(saved, damage):
    """One line names the file, whatever is wrong with it."""
    path = saved / LAST
    content = path.read_bytes()
    if damage == "cut":
        path.write_bytes(content[: len(content) // 2])
    elif damage == "flipped":
        middle = slice(len(content) // 2, len(content) // 2 + 64)
        flipped = bytes(byte ^ 0xFF for byte in content[middle])
        path.write_bytes(content[: middle.start] + flipped + content[middle.stop :])
    elif damage == "text":
        path.write_text("not a checkpoint")
    else:
        torch.save({"state_dict": {}}, path)
    with pytest.raises(CheckpointError, match=r"last.pt") as caught:
        read_checkpoint(path)
    assert "\n" not in str(caught.value)


def test_a_missing_checkpoint_is_named(tmp_path):
    """A folder without a run, or a path that is not there."""
    with pytest.raises(CheckpointError, match=r"last.pt does not exist"):
        load_generator(tmp_path)


def test_a_full_disk_keeps_the_old_file(saved, monkeypatch):
    """A checkpoint that cannot be written leaves the last good one as it was, and nothing beside it."""
    stored, before = read_checkpoint(saved / LAST), (saved / LAST).read_bytes()

    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("reference_models.files.os.fsync", full)
    with pytest.raises(StorageError, match=r"last.pt cannot be written: No space left on device"):
        write_checkpoint(saved / LAST, stored)
    assert (saved / LAST).read_bytes() == before
    assert not list(saved.glob(".*"))


def test_pickle_is_never_needed(saved):
    """The contents are tensors and plain values only."""
    with pytest.raises((pickle.UnpicklingError, UnicodeDecodeError, ValueError, EOFError, KeyError)):
        pickle.loads((saved / LAST).read_bytes())
