"""`ganmetrics.reconstruct` and its command: pairs by name, scores of each, intervals, refusals, pictures."""

import json
import math
import zipfile

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from PIL import Image

from ganmetrics import InputError, evaluate, reconstruct
from ganmetrics.cli import command
from ganmetrics.metrics.pairs.error import pixel_errors
from ganmetrics.metrics.pairs.ssim import ssim
from ganmetrics.testing import ChannelMeans, random_images


def folder(path, images, names, extension="png"):
    """Write images [n, 3, h, w] under names."""
    for name, image in zip(names, images, strict=True):
        file = path / f"{name}.{extension}"
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image.permute(1, 2, 0).numpy()).save(file)
    return path


ORIGINALS = random_images(12, seed=1, size=16)
NOISE = torch.from_numpy(np.random.default_rng(0).integers(-30, 31, ORIGINALS.shape))
NEAR = (ORIGINALS.int() + NOISE).clamp(0, 255).to(torch.uint8)
NAMES = [f"class/{number:03d}" for number in range(12)]


@pytest.fixture
def folders(tmp_path):
    """Originals, and their reconstructions in another order of writing."""
    back = list(reversed(range(12)))
    return (
        folder(tmp_path / "originals", ORIGINALS, NAMES),
        folder(tmp_path / "made", NEAR[back], [NAMES[at] for at in back]),
    )


def test_each_score_is_the_metrics_mean(folders):
    """Paired by name whatever the order; numbers are those of the pure functions, intervals those of a mean."""
    found = reconstruct(*folders)
    errors = pixel_errors(ORIGINALS, NEAR, data_range=255)
    report = found.report
    assert [*report] == ["psnr", "psnr_of_mean_error", "ssim", "l1"]
    assert report["psnr"].value == pytest.approx(errors.psnr_mean_of_images)
    assert report["psnr_of_mean_error"].value == pytest.approx(errors.psnr_of_mean_error)
    assert report["ssim"].value == pytest.approx(float(ssim(ORIGINALS, NEAR, data_range=255).mean()))
    assert report["l1"].value == pytest.approx(float(errors.absolute.mean()))
    half = 2.200985 * float(errors.psnr.std()) / math.sqrt(12)
    assert report["psnr"].high - report["psnr"].value == pytest.approx(half, rel=1e-5)
    assert report["psnr_of_mean_error"].low is None
    assert found.worst(1) == [int(errors.psnr.argmin())]


@pytest.mark.slow
def test_archives_and_other_formats_pair_with_folders(folders, tmp_path):
    """A zip of the same paths; the extension is not part of the name."""
    with zipfile.ZipFile(tmp_path / "made.zip", "w") as archive:
        for path in sorted(folders[1].rglob("*.png")):
            archive.write(path, path.relative_to(folders[1]))
    one, other = reconstruct(*folders), reconstruct(folders[0], tmp_path / "made.zip")
    assert other.report["psnr"].value == one.report["psnr"].value
    bitmaps = folder(tmp_path / "bitmaps", NEAR, NAMES, "bmp")
    assert reconstruct(folders[0], bitmaps).report["psnr"].value == one.report["psnr"].value


def test_tensors_pair_by_number():
    """And exact ones have no finite mean ratio, no interval, and a finite L1."""
    found = reconstruct(ORIGINALS, ORIGINALS).report
    assert math.isinf(found["psnr"].value)
    assert found["psnr"].low is None
    assert found["l1"].value == 0
    assert json.loads(found.to_json())["scores"][0]["value"] is None


def test_distances_of_both_sets_come_with_an_r():
    """`rfid` with the canonical network, and the like with another; refused ones leave the others alone."""
    found = reconstruct(ORIGINALS, NEAR, metrics=("fid", "mifid"), extractor=ChannelMeans(), workers=0, device="cpu")
    assert {"psnr", "rfd_channel-means"} <= {*found.report}
    assert found.report["rfd_channel-means"].name == "rfd_channel-means"


def test_distances_of_pairs_are_not_corrected():
    """What both sides share is no chance that could be taken away; as two sets, the same images are corrected."""
    one = random_images(40, seed=1, size=16)
    other = one // 2 + random_images(40, seed=2, size=16) // 2
    options = {"metrics": ("fid",), "extractor": ChannelMeans(), "workers": 0, "device": "cpu"}
    score = reconstruct(one, other, **options).report["rfd_channel-means"]
    assert (score.corrected, score.low, score.high, score.confidence) == (None,) * 4
    assert "pairs are no independent draws" in score.notes[-1]
    alone = evaluate(one, other, **options)["fd_channel-means"]
    assert alone.corrected is not None
    assert alone.value == score.value


def test_large_images_have_a_multiscale_similarity():
    """From 176 pixels a side on."""
    large = random_images(2, seed=0, size=176)
    assert reconstruct(large, large).report["ms_ssim"].value == pytest.approx(1)
    assert "ms_ssim" not in reconstruct(ORIGINALS, NEAR).report


@pytest.mark.parametrize("convention", ["skimage", "torchmetrics"])
def test_the_convention_is_chosen_and_said(convention):
    """In the score and in the provenance."""
    report = reconstruct(ORIGINALS, NEAR, convention=convention).report
    expected = float(ssim(ORIGINALS, NEAR, data_range=255, convention=convention).mean())
    assert report["ssim"].value == pytest.approx(expected)
    assert report.provenance["ssim"]["convention"] == convention


def test_what_has_no_pair_is_refused_by_name(folders):
    """Missing on either side, another size, names on one side only, two of one name, other counts."""
    (folders[1] / "class/003.png").unlink()
    with pytest.raises(InputError, match=r"every image needs its pair; .*originals has class/003, .*made has not"):
        reconstruct(*folders)
    folder(folders[1], random_images(1, size=17), ["class/003"])
    with pytest.raises(InputError, match="a pair needs one size; class/003 is 16x16, its reconstruction 17x17"):
        reconstruct(*folders)
    folder(folders[1], NEAR[3:4], ["class/003"])
    folder(folders[1], NEAR[3:4], ["class/003"], "bmp")
    with pytest.raises(InputError, match=r"one image of each name; .*made has two of class/003"):
        reconstruct(*folders)
    with pytest.raises(InputError, match="names on both sides or on none; tensor has none"):
        reconstruct(folders[0], NEAR)
    with pytest.raises(InputError, match="one reconstruction for each original; tensor has 12 and tensor has 11"):
        reconstruct(ORIGINALS, NEAR[:11])
    with pytest.raises(InputError, match="reconstruct compares every pair; got count"):
        reconstruct(ORIGINALS, NEAR, count=3)
    with pytest.raises(InputError, match="convention must be one of wang"):
        reconstruct(ORIGINALS, NEAR, convention="ssim")


@pytest.mark.slow
def test_the_command_prints_what_the_library_finds(folders, tmp_path):
    """Text with the worst pairs by name, JSON, and a picture."""
    out = tmp_path / "pictures"
    result = CliRunner().invoke(command, ["reconstruct", *map(str, folders), "--out", str(out), "--top", "3"])
    assert result.exit_code == 0, result.output
    found = reconstruct(*folders)
    lines = result.stdout.splitlines()
    assert lines[0] == str(found.report["psnr"])
    assert found.pairs[found.worst(1)[0]].name in result.stdout
    with Image.open(out / "worst.png") as picture:
        assert picture.width > 300
    as_json = CliRunner().invoke(command, ["reconstruct", *map(str, folders), "--json", "-q"])
    content = json.loads(as_json.stdout)
    assert len(content["tables"]["pairs"]) == 12
    assert content["provenance"]["data_range"] == 255


def test_a_damaged_image_is_named(folders):
    """One line, exit status 1."""
    (folders[1] / "class/005.png").write_bytes(b"no image")
    result = CliRunner().invoke(command, ["reconstruct", *map(str, folders), "-q"])
    assert result.exit_code == 1
    assert "class/005.png" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
