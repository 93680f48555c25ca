"""A .pt of images is a tensor; nothing in it runs."""

import os

import pytest
import torch

from ganmetrics.data.fingerprint import fingerprint
from ganmetrics.data.sources import open_source
from ganmetrics.data.torch_file import torch_file_holds_images
from ganmetrics.errors import InputError
from ganmetrics.extraction.options import Extraction
from ganmetrics.references.sides import open_side


@pytest.fixture
def images(noise):
    """Return five images [5, 3, h, w]."""
    return torch.stack([torch.from_numpy(noise(seed=seed)).permute(2, 0, 1) for seed in range(5)])


@pytest.mark.parametrize("new", [True, False])
@pytest.mark.parametrize("key", [None, "images"])
def test_images_come_back(tmp_path, images, new, key):
    """In today's format and that before torch 1.6, alone or under a key."""
    stored = images if key is None else {key: images}
    torch.save(stored, tmp_path / "set.pt", _use_new_zipfile_serialization=new)
    source = open_source(tmp_path / "set.pt")
    assert fingerprint(source) == fingerprint(open_source(images))
    assert source.name == f"{tmp_path}/set.pt"
    assert source.label(1) == f"{tmp_path}/set.pt{'::images' if key else ''}[1]"


def test_labels_are_classes(tmp_path, images):
    """Whole numbers beside the images."""
    torch.save({"images": images, "labels": torch.arange(5)}, tmp_path / "set.pt")
    source = open_source(tmp_path / "set.pt")
    assert [source.class_of(index) for index in range(5)] == list("01234")
    assert source.listing.classes_from.endswith("set.pt::labels")


class Runs:
    """What would run a command if it were unpickled."""

    def __reduce__(self):
        """Ask for a command."""
        return os.system, ("exit 1",)


@pytest.mark.parametrize(
    ("stored", "reason"),
    [
        (Runs(), "cannot be read without running code that is in it, or is damaged"),
        (torch.zeros(2, 3, 4, 4), r"set\.pt: a tensor of images needs uint8 .*float32 .*to_uint8"),
        (torch.zeros(2, 4, 4, 3, dtype=torch.uint8), r"got uint8 \[2, 4, 4, 3\]; images\.permute"),
        (torch.zeros(5, 7), r"got float32 \[5, 7\]"),
        ({"features": torch.zeros(5, 7)}, "under the key images; it holds a mapping with features"),
        ([1], "it holds list"),
        ({"images": torch.zeros(2, 3, 1, 1, dtype=torch.uint8), "labels": [1, 2]}, r"labels needs whole numbers \[n\]"),
        ({"images": torch.zeros(2, 3, 1, 1, dtype=torch.uint8), "labels": torch.zeros(2)}, r"got float32 \[2\]"),
        (
            {"images": torch.zeros(2, 3, 1, 1, dtype=torch.uint8), "labels": torch.arange(3)},
            "labels must have one class for each of the 2 images .*; got 3",
        ),
    ],
)
def test_other_contents_are_refused(tmp_path, stored, reason):
    """The error names the file and what it holds."""
    torch.save(stored, tmp_path / "set.pt")
    with pytest.raises(InputError, match=reason) as caught:
        open_source(tmp_path / "set.pt")
    assert "set.pt" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("keep", [0, 10, 300, 900])
def test_a_file_cut_short_is_named(tmp_path, images, keep):
    """One line, whatever unpacking runs into."""
    torch.save(images, tmp_path / "set.pt")
    (tmp_path / "set.pt").write_bytes((tmp_path / "set.pt").read_bytes()[:keep])
    with pytest.raises(InputError, match=r"set\.pt cannot be read [^\n]+$"):
        open_source(tmp_path / "set.pt")


def test_images_are_told_from_statistics_and_features(tmp_path, images):
    """A tensor with four axes, alone or under `images`; torch-fidelity's files are something else."""
    kinds = {"a": images, "b": {"images": images}, "c": torch.zeros(5, 7), "d": {"mu": torch.zeros(3)}, "e": [1]}
    for name, stored in kinds.items():
        torch.save(stored, tmp_path / f"{name}.pt")
    assert [name for name in kinds if torch_file_holds_images(tmp_path / f"{name}.pt")] == ["a", "b"]


@pytest.mark.parametrize(
    ("stored", "reason"),
    [
        (torch.zeros(5, 8, 8, dtype=torch.uint8), r"got uint8 \[5, 8, 8\]"),
        ([torch.zeros(3, 8, 8, dtype=torch.uint8)] * 5, "it holds list; torch.stack makes one tensor of a list$"),
    ],
)
def test_what_was_meant_for_pixels_is_told_as_such(tmp_path, stored, reason):
    """Gray images and lists are no features, and the error says what images need."""
    torch.save(stored, tmp_path / "set.pt")
    with pytest.raises(InputError, match=r"needs a? ?uint8 (tensor )?\[n, 3, h, w\].*" + reason):
        open_side(tmp_path / "set.pt", Extraction())
