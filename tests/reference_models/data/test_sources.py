"""Real images from shapes, folders, archives, arrays and CIFAR-10."""

import os
import pickle
import zipfile

import numpy as np
import pytest
import torch
from PIL import Image

from ganmetrics import to_uint8
from reference_models.config import DataConfig
from reference_models.data.batches import Batches, to_floats
from reference_models.data.cifar import BATCHES, FOLDER, read_cifar10
from reference_models.data.images import LabelledImages
from reference_models.data.load import load_images
from reference_models.data.resize import to_pixels
from reference_models.data.shapes import draw_shapes
from reference_models.errors import DataError
from reference_models.export.writers import open_writer


def load(source, size=16, **options):
    return load_images(DataConfig(source=str(source), **options), size=size)


@pytest.fixture
def folder(tmp_path):
    """Six images in two class folders, wider than high."""
    rng = np.random.default_rng(0)
    for name in ("cat", "dog"):
        (tmp_path / "set" / name).mkdir(parents=True)
        for index in range(3):
            pixels = rng.integers(0, 256, (20, 40, 3), np.uint8)
            Image.fromarray(pixels).save(tmp_path / "set" / name / f"{index}.png")
    return tmp_path / "set"


def test_pixels_keep_their_range_and_come_back_exactly():
    """A17: uint8 to [-1, 1] and back is the identity on all 256 values."""
    levels = torch.arange(256, dtype=torch.uint8)
    floats = to_floats(levels)
    assert (floats.min().item(), floats.max().item()) == (-1, 1)
    assert torch.equal(to_uint8(floats), levels)


def test_a_folder_and_its_zip_are_the_same(folder, tmp_path):
    """Classes are the first-level folders, in order; hidden files are left out."""
    (folder / "cat" / ".hidden.png").write_text("no image")
    with zipfile.ZipFile(tmp_path / "set.zip", "w") as archive:
        for path in folder.rglob("*.png"):
            archive.write(path, path.relative_to(folder))
        archive.writestr("__MACOSX/cat/0.png", "no image")
    first, second = load(folder), load(tmp_path / "set.zip")
    assert torch.equal(first.images, second.images)
    assert first.labels.tolist() == second.labels.tolist() == [0, 0, 0, 1, 1, 1]
    assert first.class_counts() == {"cat": 3, "dog": 3}
    assert first.images.shape == (6, 3, 16, 16)


def test_a_flat_folder_has_no_classes(folder):
    """Images in one folder have no labels, and a conditional model is refused later."""
    assert load(folder / "cat").classes == 0
    assert load(folder / "cat").labels is None


def test_resizing():
    """Squash takes everything, crop the centre, none insists."""
    stripes = np.zeros((8, 16, 3), np.uint8)
    stripes[:, 4:12] = 255
    image = Image.fromarray(stripes)
    assert to_pixels(image, size=8, resize="crop").min() == 255
    squashed = to_pixels(image, size=8, resize="squash")
    assert squashed[:, :, 0].max() < 50
    assert squashed[:, :, 4].min() > 200
    with pytest.raises(DataError, match="needs images of 8x8; got 16x8"):
        to_pixels(image, size=8, resize="none")
    square = Image.fromarray(stripes[:, 4:12])
    assert np.array_equal(to_pixels(square, size=8, resize="none"), np.full((3, 8, 8), 255))


def test_other_kinds_of_pixels():
    """Transparency lies on white, gray is repeated, sixteen bits are scaled."""
    clear = Image.new("RGBA", (8, 8), (255, 0, 0, 0))
    assert to_pixels(clear, size=8, resize="none").min() == 255
    assert np.unique(to_pixels(Image.new("L", (8, 8), 77), size=8, resize="none")).tolist() == [77]
    deep = Image.fromarray(np.full((8, 8), 0x8000, np.uint16))
    assert np.unique(to_pixels(deep, size=8, resize="none")).tolist() == [0x80]


def test_arrays_with_labels(tmp_path):
    """An npz has images, and labels if it likes."""
    images = np.random.default_rng(0).integers(0, 256, (5, 16, 16, 3), np.uint8)
    np.savez(tmp_path / "set.npz", arr_0=images, labels=np.array([0, 2, 1, 2, 0]))
    found = load(tmp_path / "set.npz")
    assert torch.equal(found.images, torch.from_numpy(images).permute(0, 3, 1, 2))
    assert (found.labels.tolist(), found.classes) == ([0, 2, 1, 2, 0], 3)


def test_arrays_as_sample_writes_them(tmp_path):
    """The classes of ADM's files are arr_1, and what `sample` writes can be trained on; labels come before arr_1."""
    images = np.random.default_rng(0).integers(0, 256, (3, 16, 16, 3), np.uint8)
    with open_writer(tmp_path / "fakes.npz", count=3, size=16, class_names=("cat", "dog")) as writer:
        writer.add(images, [1, 0, 1])
    assert load(tmp_path / "fakes.npz").labels.tolist() == [1, 0, 1]
    np.savez(tmp_path / "both.npz", arr_0=images, arr_1=np.array([0, 0, 0]), labels=np.array([2, 1, 0]))
    assert load(tmp_path / "both.npz").labels.tolist() == [2, 1, 0]


@pytest.fixture
def cifar(tmp_path):
    """Five pickled batches of four images, as torchvision stores them."""
    rng = np.random.default_rng(0)
    (tmp_path / FOLDER).mkdir()
    for name in BATCHES:
        batch = {b"data": rng.integers(0, 256, (4, 3072), np.uint8), b"labels": rng.integers(0, 10, 4).tolist()}
        (tmp_path / FOLDER / name).write_bytes(pickle.dumps(batch))
    return tmp_path


def test_cifar10(cifar):
    """All five batches, the channels one after the other."""
    found = load(f"cifar10:{cifar}", size=32)
    first = pickle.loads((cifar / FOLDER / BATCHES[0]).read_bytes())
    assert found.images.shape == (20, 3, 32, 32)
    assert np.array_equal(found.images[1].numpy().reshape(-1), first[b"data"][1])
    assert found.labels[:4].tolist() == first[b"labels"]
    assert found.class_names[3] == "cat"
    assert torch.equal(read_cifar10(cifar / FOLDER).images, found.images)
    assert load(f"cifar10:{cifar}", size=16).images.shape == (20, 3, 16, 16)


def test_a_batch_that_is_no_regular_file_is_refused(cifar):
    """A pipe would wait for a writer, a device may have no end."""
    path = cifar / FOLDER / BATCHES[1]
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(DataError, match=r"data_batch_2 is no batch of CIFAR-10: .*it is no regular file$"):
        load(f"cifar10:{cifar}", size=32)


def test_a_pickle_that_could_run_code_is_refused(cifar, capsys):
    """Only arrays, lists and text are unpickled."""

    class Evil:
        def __reduce__(self):
            return (print, ("run",))

    (cifar / FOLDER / BATCHES[2]).write_bytes(pickle.dumps({b"data": Evil()}))
    with pytest.raises(DataError, match=r"data_batch_3 is no batch of CIFAR-10: .* it needs builtins.print"):
        load(f"cifar10:{cifar}", size=32)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("batch", "message"),
    [
        ([], "it has no array b'data'"),
        ({b"data": 1}, "it has no array b'data'"),
        ({b"data": np.zeros((2, 3072), np.uint8), b"labels": [0, 10]}, "needs labels from 0 to 9 in a list"),
        ({b"data": np.zeros((2, 3072), np.uint8), b"labels": [[0], [1]]}, "needs labels from 0 to 9 in a list"),
        ({b"data": np.zeros((2, 3071), np.uint8), b"labels": [0, 1]}, r"it has uint8 \[2, 3071\]"),
        ({b"data": np.zeros((2, 3072), object), b"labels": [0, 1]}, "arrays in a pickle must be numeric"),
    ],
)
def test_other_batches_are_refused(cifar, batch, message):
    """With the file."""
    (cifar / FOLDER / BATCHES[1]).write_bytes(pickle.dumps(batch))
    with pytest.raises(DataError, match=f"data_batch_2 .*{message}"):
        load(f"cifar10:{cifar}", size=32)


BAD = {
    "nothing": (lambda _path: None, "is nothing there"),
    "empty": (lambda path: path.mkdir(), "needs to hold image files; it has none"),
    "text.zip": (lambda path: path.write_text("x"), "cannot be read as a zip"),
    "text.npz": (lambda path: path.write_text("x"), "cannot be read as an npz"),
    "float.npz": (lambda path: np.savez(path, arr_0=np.zeros((2, 8, 8, 3))), r"it has float64 \[2, 8, 8, 3\]"),
    "other.npz": (lambda path: np.savez(path, mu=np.zeros(3)), "needs uint8 images .* in arr_0; it has mu"),
    "one.npz": (lambda path: np.savez(path, arr_0=np.zeros((1, 8, 8, 3), np.uint8)), "at least 2 images; .* has 1"),
    "minus.npz": (
        lambda path: np.savez(path, arr_0=np.zeros((2, 8, 8, 3), np.uint8), labels=np.array([0, -1])),
        "labels of .* must be from 0 to 0; they are from -1 to 0",
    ),
    "few.npz": (
        lambda path: np.savez(path, arr_0=np.zeros((3, 8, 8, 3), np.uint8), labels=np.array([0, 1])),
        "needs a label an image; it has 2 for 3",
    ),
    "words.npz": (
        lambda path: np.savez(path, arr_0=np.zeros((2, 8, 8, 3), np.uint8), labels=np.array(["a", "b"])),
        "needs whole numbers .* as labels",
    ),
    "a.txt": (lambda path: path.write_text("x"), "is another kind of file"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_sources_are_told_in_one_line(tmp_path, name):
    """What is needed and what came, with the path."""
    make, message = BAD[name]
    make(tmp_path / name)
    with pytest.raises(DataError, match=message) as caught:
        load(tmp_path / name)
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


def test_unreadable_images_are_named(folder):
    """A file that is no image stops the run before it begins, and is named with its folder."""
    (folder / "cat" / "notes.jpg").write_text("not an image")
    with pytest.raises(DataError, match=r"1 of 7 images of .*cannot be used: cat/notes.jpg \(not an image"):
        load(folder)
    (folder / "cat" / "notes.jpg").unlink()
    with pytest.raises(
        DataError, match=r"6 of 6 images .* \(data.resize = none needs images of 16x16; got 40x20\), .*\.\.\."
    ):
        load(folder, resize="none")


def test_a_choice_of_images(folder):
    """data.count takes so many, the same for the same seed, and refuses more than there are."""
    first, again, other = (load(folder, count=3, seed=seed) for seed in (0, 0, 1))
    assert torch.equal(first.images, again.images)
    assert len(other) == 3
    with pytest.raises(DataError, match="asks for 7 images; .* has 6"):
        load(folder, count=7)


def test_labels_out_of_range_are_refused():
    """A label that no class has."""
    with pytest.raises(DataError, match="must be from 0 to 1; they are from 0 to 2"):
        LabelledImages(torch.zeros(3, 3, 8, 8, dtype=torch.uint8), torch.tensor([0, 1, 2]), ("a", "b"), "set")


def test_an_epoch_sees_every_image_once():
    """Batches of an epoch share no image, the next epoch has another order, and a step is found by its number."""
    data = load_images(DataConfig(count=40), size=8)
    batches = Batches(data, batch=8, seed=3)
    epochs = [torch.cat([batches.indices(5 * epoch + step) for step in range(5)]) for epoch in range(2)]
    assert all(sorted(epoch.tolist()) == list(range(40)) for epoch in epochs)
    assert not torch.equal(*epochs)
    assert torch.equal(Batches(data, batch=8, seed=3).indices(7), batches.indices(7))
    assert not torch.equal(Batches(data, batch=8, seed=4).indices(0), batches.indices(0))


def test_processes_share_an_epoch():
    """Two processes see all images once between them."""
    data = load_images(DataConfig(count=40), size=8)
    parts = [Batches(data, batch=4, seed=0, rank=rank, ranks=2) for rank in (0, 1)]
    assert parts[0].steps_per_epoch == 5
    seen = torch.cat([part.indices(step) for part in parts for step in range(5)])
    assert sorted(seen.tolist()) == list(range(40))


def test_mirrored_images_leave_the_scored_side_alone():
    """Flips happen on the way to a batch, never in the data that are scored."""
    data = load_images(DataConfig(count=8), size=8)
    before = data.images.clone()
    batches = Batches(data, batch=4, seed=0)
    plain, _ = batches(0)
    flips = torch.tensor([True, False, True, False])
    mirrored, _ = batches(0, flips=flips)
    torch.testing.assert_close(mirrored[flips], plain[flips].flip(3))
    assert torch.equal(mirrored[~flips], plain[~flips])
    assert torch.equal(data.images, before)


def test_shapes_are_balanced_and_known():
    """Ten classes alike often; the attributes say where the shape is."""
    drawn = draw_shapes(200, size=32, seed=1)
    assert drawn.labels.bincount().tolist() == [20] * 10
    images = drawn.images.float()
    colourful = images.amax(dim=1) - images.amin(dim=1) > 60
    columns = (torch.arange(32) + 0.5) / 32
    centres = (colourful.float().mean(dim=1) * columns).sum(dim=1) / colourful.float().mean(dim=1).sum(dim=1)
    assert torch.corrcoef(torch.stack([centres, drawn.attributes["x"]]))[0, 1] > 0.98
    hue = (drawn.attributes["hue"] * 10 + 0.3) % 10
    assert torch.equal(hue.long(), drawn.labels // 2 + 5 * (drawn.labels % 2))


@pytest.mark.parametrize("change", [b"PK\1\2", b"IHDR", b"IDAT"])
def test_a_damaged_zip_is_told_in_one_line(folder, tmp_path, change):
    """Its directory, or an image in it, whose own reader raises whatever it likes."""
    path = tmp_path / "set.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for image in sorted(folder.rglob("*.png")):
            archive.write(image, image.relative_to(folder))
    path.write_bytes(path.read_bytes().replace(change, bytes(reversed(change)), 1))
    with pytest.raises(DataError):
        load(path)


def test_an_image_that_may_not_be_read_is_named(folder, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("pathlib.Path.read_bytes", refuse)
    with pytest.raises(DataError, match=r"6 of 6 images .* cat/0.png \(it cannot be read\)"):
        load(folder)
