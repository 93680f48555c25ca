"""Samples as files: the same images whatever the form, whole or not at all."""

import io
import zipfile

import numpy as np
import pytest
import torch
from PIL import Image

import ganmetrics
from ganmetrics import StorageError, to_uint8
from reference_models.data.load import load_images
from reference_models.errors import CheckpointError, ConfigError
from reference_models.export import sample, writers
from reference_models.training.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from reference_models.training.trainer import Trainer


@pytest.fixture
def checkpoint(tiny, tmp_path):
    """Write the checkpoint of a preset after a few steps: `checkpoint("acgan")`."""

    def build(preset="dcgan", steps=2, **changes):
        config = tiny(preset, **changes)
        data = load_images(config.data, size=config.net.size)
        trainer = Trainer(config, data)
        for _ in range(steps):
            trainer.step()
        counts = torch.bincount(data.labels, minlength=data.classes)
        path = tmp_path / f"{preset}.pt"
        write_checkpoint(path, Checkpoint(config, trainer.state(), {"epoch": 0}, {}, data.class_names, counts))
        return path

    return build


def read(path):
    """Return images [n, h, w, 3] in the order of their numbers, and the class folder of each."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
    else:
        files = {str(file.relative_to(path)): file.read_bytes() for file in path.rglob("*.png")}
    names = sorted(files, key=lambda name: name.split("/")[-1])
    images = [np.asarray(Image.open(io.BytesIO(files[name]))) for name in names]
    return np.stack(images), [name.split("/")[0] for name in names if "/" in name]


@pytest.mark.slow
def test_every_form_has_the_same_images(checkpoint, tmp_path):
    """A folder, a zip and an npz hold the same pixels in the same order, and ganmetrics reads them alike."""
    path = checkpoint()
    folder, archive, array = (
        sample.write_samples(path, tmp_path / name, count=130, seed=3) for name in ("a", "a.zip", "a.npz")
    )
    with np.load(array) as opened:
        assert opened.files == ["arr_0"]
        pixels = opened["arr_0"]
    assert pixels.shape == (130, 16, 16, 3)
    assert pixels.dtype == np.uint8
    assert pixels.std() > 0
    assert np.array_equal(read(folder)[0], pixels)
    assert np.array_equal(read(archive)[0], pixels)
    from ganmetrics.testing import ChannelMeans

    features = [
        ganmetrics.extract(source, extractor=ChannelMeans(), workers=0).features for source in (folder, archive, array)
    ]
    assert torch.equal(features[0], features[1])
    assert torch.equal(features[0], features[2])


@pytest.mark.slow
def test_the_seed_and_the_place_decide_an_image(checkpoint, tmp_path):
    """Asking for more images leaves the first ones as they were; another seed gives others."""
    path = checkpoint(steps=20)
    arrays = []
    for name, count, seed in (("few.npz", 7, 0), ("many.npz", 120, 0), ("other.npz", 7, 1)):
        with np.load(sample.write_samples(path, tmp_path / name, count=count, seed=seed)) as opened:
            arrays.append(opened["arr_0"])
    few, many, other = arrays
    # A batch of another size may round a last bit differently.
    assert np.abs(few.astype(int) - many[:7].astype(int)).max() <= 1
    assert np.abs(few.astype(int) - other.astype(int)).max() > 3


def test_equal_samples_are_equal_bytes(checkpoint, tmp_path):
    """A zip carries no time, so that it can be compared by its digest."""
    path = checkpoint()
    first, second = (sample.write_samples(path, tmp_path / name, count=5) for name in ("1.zip", "2.zip"))
    assert first.read_bytes() == second.read_bytes()


def test_evaluation_mode_and_the_averaged_weights(checkpoint, tmp_path):
    """Samples come from the moving average where there is one, with running statistics: each image by itself."""
    path = checkpoint(ema_decay=0.9, steps=4)
    with np.load(sample.write_samples(path, tmp_path / "a.npz", count=2)) as opened:
        pixels = torch.from_numpy(opened["arr_0"]).permute(0, 3, 1, 2)
    state = read_checkpoint(path)
    latent = torch.randn(100, 16, generator=torch.Generator().manual_seed(0))[:2]
    network = state.generator()
    network.load_state_dict(state.trainer["average"])
    with torch.no_grad():
        averaged = to_uint8(network.eval()(latent))
        network.load_state_dict(state.trainer["generator"])
        current = to_uint8(network(latent))
    assert torch.equal(pixels, averaged)
    assert not torch.equal(pixels, current)


@pytest.mark.slow
def test_conditional_models_have_classes(checkpoint, tmp_path):
    """Folders are named by class, arr_1 has the same labels, and --class takes a name or a number."""
    path = checkpoint("acgan")
    names = read_checkpoint(path).class_names
    _, folders = read(sample.write_samples(path, tmp_path / "a", count=50))
    with np.load(sample.write_samples(path, tmp_path / "a.npz", count=50)) as opened:
        assert [names[label] for label in opened["arr_1"]] == folders
        assert len(set(folders)) > 5
    for label in (names[3], "3"):
        out = tmp_path / f"one-{label}"
        assert set(read(sample.write_samples(path, out, count=4, label=label))[1]) == {names[3]}


def test_what_cannot_be_is_refused(checkpoint, tmp_path):
    """One line says what is needed, and nothing that exists is touched."""
    path, conditional = checkpoint(), checkpoint("acgan")
    with pytest.raises(ConfigError, match="--class needs a conditional model; dcgan is told no class"):
        sample.write_samples(path, tmp_path / "x", count=1, label="3")
    with pytest.raises(ConfigError, match="--class must be one of .* from 0 to 9; got 10"):
        sample.write_samples(conditional, tmp_path / "x", count=1, label="10")
    with pytest.raises(ConfigError, match="--count must be at least 1; got 0"):
        sample.write_samples(path, tmp_path / "x", count=0)
    with pytest.raises(CheckpointError, match=r"a checkpoint is needed; .* does not exist"):
        sample.write_samples(tmp_path / "none", tmp_path / "x", count=1)
    kept = tmp_path / "kept.npz"
    kept.write_bytes(b"mine")
    with pytest.raises(StorageError, match="--out needs a new name; .*kept.npz exists"):
        sample.write_samples(path, kept, count=1)
    assert kept.read_bytes() == b"mine"
    with (
        pytest.raises(StorageError, match="a class named '..' can have no folder"),
        writers.open_writer(tmp_path / "x", count=1, size=8, class_names=("a", "..")),
    ):
        pass
    assert not (tmp_path / "x").exists()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["x", "x.zip", "x.npz"])
def test_nothing_is_left_half_written(checkpoint, tmp_path, name):
    """An interrupt in the middle leaves neither the output nor a part of it."""
    path = checkpoint()
    before = set(tmp_path.iterdir())

    def interrupt(*_progress):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sample.write_samples(path, tmp_path / name, count=150, progress=interrupt)
    assert set(tmp_path.iterdir()) == before


@pytest.mark.slow
def test_the_best_are_a_picture(checkpoint, tmp_path):
    """P6: the chosen few are those with the highest logits, in one picture that says it is not for scoring."""
    path = checkpoint(steps=6)
    out = sample.write_best(path, tmp_path / "best.png", count=40, best=4)
    state = read_checkpoint(path)
    with np.load(sample.write_samples(path, tmp_path / "all.npz", count=40)) as opened:
        images = torch.from_numpy(opened["arr_0"])
    latent = torch.randn(100, 16, generator=torch.Generator().manual_seed(0))[:40]
    with torch.no_grad():
        logits = state.discriminator()(state.generator()(latent)).logit
    shown = np.asarray(Image.open(out))[2:18, 2:18]
    assert np.abs(shown.astype(int) - images[logits.argmax()].numpy().astype(int)).max() <= 1
    with pytest.raises(ConfigError, match="--best must be from 1 to --count; got 5 of 4"):
        sample.write_best(path, tmp_path / "no.png", count=4, best=5)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"count": 10**30}, "--count must be at most 10,000,000; got 10{30}"),
        ({"count": 0}, "--count must be at least 1; got 0"),
        ({"count": 2, "seed": 2**63}, "a seed must have at most 62 bits"),
        ({"count": 2, "device": "half"}, "--device must be one that this torch can use; got 'half'"),
        ({"count": 2, "device": "meta"}, "--device must be one that this torch can use; got 'meta'"),
    ],
)
def test_what_cannot_be_drawn_is_refused_and_leaves_nothing(checkpoint, tmp_path, options, words):
    """A number of images that no disk holds is refused, not begun."""
    path = checkpoint(steps=0)
    with pytest.raises(ConfigError, match=words):
        sample.write_samples(path, tmp_path / "out", **options)
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
