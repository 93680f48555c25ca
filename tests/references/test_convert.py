"""Statistics from one library's file into another's."""

import logging
import pickle

import numpy as np
import pytest
import torch

from ganmetrics.errors import InputError
from ganmetrics.references.convert import convert
from ganmetrics.references.formats.names import OWN, WRITTEN
from ganmetrics.references.reference import Reference
from ganmetrics.testing import random_images

FORMATS = [(to, ending) for to, endings in WRITTEN.items() for ending in endings]


@pytest.fixture
def adm(make_reference, tmp_path):
    """A file that any other can be made from: two pairs of moments."""
    moments = make_reference(12).moments
    arrays = {"mu": moments.mean.numpy(), "sigma": moments.covariance.numpy()}
    spatial = {"mu_s": np.arange(4.0), "sigma_s": np.eye(4)}
    np.savez(tmp_path / "adm.npz", **arrays, **spatial)
    return tmp_path / "adm.npz"


@pytest.mark.parametrize("source", FORMATS)
@pytest.mark.parametrize("target", FORMATS)
def test_every_way_there_and_back(adm, tmp_path, source, target):
    """From any format into any other the moments stay; what has no place in a format is lost, and ADM misses it."""
    (first, first_ending), (second, second_ending) = source, target
    one, other = tmp_path / f"one{first_ending}", tmp_path / f"other{second_ending}"
    convert(adm, one, to=first, count=12)
    if second == "adm" and first not in ("adm", OWN):
        with pytest.raises(InputError, match="needs spatial statistics"):
            convert(one, other, to=second, count=12)
        return
    convert(one, other, to=second, count=12)
    result, truth = Reference.load(other), Reference.load(adm)
    rounding = 1e-6 if "torch-fidelity" in (first, second) else 1e-15
    torch.testing.assert_close(result.moments.mean, truth.moments.mean, rtol=rounding, atol=0)
    torch.testing.assert_close(result.moments.covariance, truth.moments.covariance, rtol=1e-13, atol=1e-12)
    assert result.count == (12 if second == OWN or second_ending == ".pkl" else None)
    assert (result.spatial is not None) == (second == "adm" or (second == OWN and first in ("adm", OWN)))


def test_an_unknown_count_is_said_and_can_be_added_later(adm, tmp_path, caplog):
    """Converting without it warns and stays honest; with it, merging works."""
    with caplog.at_level(logging.WARNING):
        assert convert(adm, tmp_path / "unknown.npz").count is None
    assert "does not say of how many images it is; merging and correction need it (--count)" in caplog.text
    known = convert(tmp_path / "unknown.npz", tmp_path / "known.npz", count=12)
    assert (known.count, known.spatial.moments.count) == (12, 12)
    other = convert(adm, tmp_path / "other.npz", count=30)
    assert known.merge(other).count == 42
    with pytest.raises(InputError, match=r"must be that of the file; .*known\.npz is of 12 images; got 13"):
        convert(tmp_path / "known.npz", tmp_path / "again.npz", count=13)


def test_merging_with_a_part_of_unknown_origin_does_not_claim_one(make_reference, adm, tmp_path):
    """The whole says no more of its making than its parts do."""
    merged = make_reference(10).merge(convert(adm, tmp_path / "known.npz", count=12))
    assert (merged.count, merged.spec, merged.protocol, merged.audit) == (22, None, None, None)


def test_our_reference_becomes_others(make_reference, tmp_path):
    """With its count where the format has a place for it."""
    reference = make_reference(10)
    reference.save(tmp_path / "real.npz")
    convert(tmp_path / "real.npz", tmp_path / "edm2.pkl", to="edm")
    content = pickle.loads((tmp_path / "edm2.pkl").read_bytes())
    assert content["num_images"] == 10
    np.testing.assert_array_equal(content["fid"]["sigma"], reference.moments.covariance)
    convert(tmp_path / "real.npz", tmp_path / "plain.npz", to="pytorch-fid")
    with np.load(tmp_path / "plain.npz", allow_pickle=False) as file:
        assert sorted(file.files) == ["mu", "sigma"]
    with pytest.raises(InputError, match="only pickles of EDM2 have entries"):
        convert(tmp_path / "real.npz", tmp_path / "edm2.pkl", to="edm", entry="fid")


def test_images_are_not_statistics(tmp_path):
    """An npz of images is refused for what it lacks."""
    np.savez(tmp_path / "images.npz", random_images(3).permute(0, 2, 3, 1).numpy())
    with pytest.raises(InputError, match=r"needs a 'header' member; .*images\.npz has arr_0"):
        convert(tmp_path / "images.npz", tmp_path / "out.npz")
