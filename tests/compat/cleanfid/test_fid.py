"""Tests of `ganmetrics.compat.cleanfid.fid`: its numbers are this library's own under clean-fid's protocols."""

import inspect

import numpy as np
import pytest
import torch

import ganmetrics
from ganmetrics.compat.cleanfid import fid
from ganmetrics.errors import InputError
from ganmetrics.testing import ChannelMeans

SIGNATURES = {
    "compute_fid": "fdir1 fdir2 gen mode model_name num_workers batch_size device dataset_name dataset_res "
    "dataset_split num_gen z_dim custom_feat_extractor verbose custom_image_tranform custom_fn_resize use_dataparallel",
    "compute_kid": "fdir1 fdir2 gen mode num_workers batch_size device dataset_name dataset_res dataset_split num_gen "
    "z_dim verbose use_dataparallel",
    "make_custom_stats": "name fdir num mode model_name num_workers batch_size device verbose",
    "test_stats_exists": "name mode model_name metric",
    "remove_custom_stats": "name mode model_name",
    "frechet_distance": "mu1 sigma1 mu2 sigma2 eps",
    "kernel_distance": "feats1 feats2 num_subsets max_subset_size",
    "fid_from_feats": "feats1 feats2",
}


@pytest.fixture(autouse=True)
def own_data_folder(monkeypatch, tmp_path):
    """Keep statistics by name in a folder of the test."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def images(folders, request):
    """Two folders and the network that reads them."""
    request.getfixturevalue("tiny_inception")
    return folders


@pytest.mark.parametrize("name", SIGNATURES)
def test_arguments_are_the_peers(name):
    """In the peer's order."""
    assert " ".join(inspect.signature(getattr(fid, name)).parameters) == SIGNATURES[name]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mode", "protocol"), [("clean", "clean-fid"), ("legacy_pytorch", "pytorch-fid"), ("legacy_tensorflow", "ttur")]
)
def test_a_mode_is_a_protocol(images, mode, protocol):
    """Between two folders."""
    own = ganmetrics.fid(images[1], images[0], protocol=protocol, interval=False, workers=0)
    assert fid.compute_fid(*images, mode=mode, num_workers=0) == float(own)


@pytest.mark.slow
def test_the_kernel_distance_has_seeded_subsets(images):
    """The same twice, and that of the features; the first folder is the real one, as there."""
    value = fid.compute_kid(*images, num_workers=0)
    features = [ganmetrics.extract(side, protocol="clean-fid", workers=0).features for side in images]
    own = ganmetrics.kernel_distance(*features, seed=0, convention="clean-fid", subset_size=15).value
    assert value == own == fid.compute_kid(*images, num_workers=0)


@pytest.mark.slow
def test_statistics_by_name(images):
    """Kept, used for both metrics, told of where they are missing, and removed; a name may have capitals."""
    assert not fid.test_stats_exists("Faces", "clean")
    fid.make_custom_stats("Faces", images[1])
    assert fid.test_stats_exists("Faces", "clean")
    named = fid.compute_fid(images[0], dataset_name="Faces", dataset_split="custom", num_workers=0)
    assert named == fid.compute_fid(*images, num_workers=0)
    assert fid.compute_kid(images[0], dataset_name="Faces", num_workers=0) > 0
    with pytest.raises(InputError, match="exist already"):
        fid.make_custom_stats("Faces", images[0])
    with pytest.raises(InputError, match=r"no statistics named FFHQ in mode clean \(there are: Faces\)"):
        fid.compute_fid(images[0], dataset_name="FFHQ", num_workers=0)
    fid.remove_custom_stats("Faces")
    assert not fid.test_stats_exists("Faces", "clean")
    with pytest.raises(InputError, match="there are: none"):
        fid.remove_custom_stats("Faces")


@pytest.mark.slow
def test_a_generator_is_scored(images):
    """Latents come from a seed of their own, so that the number repeats and training's numbers are left alone."""
    drawn = []

    def gen(latents):
        drawn.append(latents)
        return (latents.sigmoid() * 255).byte().view(-1, 3, 2, 2)

    def score():
        return fid.compute_fid(gen=gen, fdir2=images[0], num_gen=10, z_dim=12, batch_size=8, num_workers=0)

    state = torch.get_rng_state()
    assert score() == score()
    assert torch.equal(torch.get_rng_state(), state)
    torch.testing.assert_close(drawn[0], torch.randn(8, 12, generator=torch.Generator().manual_seed(0)))
    assert len(drawn) == 4


def test_images_that_no_file_could_hold_are_refused(images):
    """clean-fid scores floats from 0 to 1 as nearly black ones."""
    with pytest.raises(InputError, match="gen must return uint8 images"):
        fid.compute_fid(gen=lambda z: z.view(-1, 3, 2, 2), fdir2=images[0], num_gen=8, z_dim=12, batch_size=8)


@pytest.mark.slow
def test_an_extractor_of_ones_own(folders):
    """In the place of clean-fid's."""
    own = ganmetrics.fid(folders[1], folders[0], extractor=ChannelMeans(), interval=False, workers=0)
    assert fid.compute_fid(*folders, custom_feat_extractor=ChannelMeans(), num_workers=0) == float(own)


def test_distances_of_arrays():
    """`fid_from_feats` and `frechet_distance` agree, and a set is at no distance from itself."""
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(40, 5)), rng.normal(size=(30, 5)) + 1
    moments = [part for side in (a, b) for part in (side.mean(axis=0), np.cov(side, rowvar=False))]
    assert fid.frechet_distance(*moments) == pytest.approx(fid.fid_from_feats(a, b), rel=1e-9)
    assert fid.fid_from_feats(a, a) == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, r"the generated images are fdir1 or gen, one of them; got neither"),
        ({"fdir1": "a", "gen": print}, r"got both"),
        ({"fdir1": "a"}, r"the real images are fdir2, or dataset_name"),
        ({"fdir1": "a", "fdir2": "b", "mode": "dirty"}, r"mode must be clean or legacy_pytorch or legacy_tensorflow"),
        ({"fdir1": "a", "fdir2": "b", "model_name": "clip_vit_b_32"}, r"model_name must be 'inception_v3'"),
        ({"fdir1": "a", "fdir2": "b", "custom_fn_resize": print}, r"custom_fn_resize of clean-fid is not offered"),
    ],
)
def test_what_is_not_followed_is_refused(arguments, message):
    """Before anything is read."""
    with pytest.raises(InputError, match=message):
        fid.compute_fid(**arguments)
