"""``ganmetrics plan``."""

import json

import numpy as np
import pytest

from ganmetrics.testing import random_images

OFFLINE = ("--extractor", "efficientnet-lite0", "--no-cache", "--workers", 0)


@pytest.fixture
def files(tmp_path):
    """Two npz files of images."""
    for name, count, seed in (("real", 200, 1), ("fake", 64, 2)):
        np.savez(tmp_path / f"{name}.npz", np.moveaxis(np.asarray(random_images(count, seed=seed)), 1, -1))
    return tmp_path / "real.npz", tmp_path / "fake.npz"


@pytest.mark.slow
@pytest.mark.usefixtures("cheap")
def test_text_and_json(run, files):
    """A table of counts, or one row for each half-width that was asked for."""
    done = run("plan", *files, *OFFLINE)
    assert done.status == 0
    assert [line.split()[-1] for line in done.out.splitlines()[2:]] == ["measured"] * 3 + ["extrapolated"] * 4
    found = json.loads(run("plan", *files, *OFFLINE, "--json", "-q", "--half-width", 1e6, "--half-width", 1e5).out)
    assert [row["fakes"] for row in found["plan"]] == [16, 16]


@pytest.mark.slow
@pytest.mark.usefixtures("cheap")
def test_one_operand_and_a_stored_reference(run, files, tmp_path):
    """Images alone are halved; a stored reference stands for the real side, but cannot be parted."""
    assert "a half of the real images" in run("plan", files[0], *OFFLINE).out
    stored = tmp_path / "stored.npz"
    assert run("reference", "build", files[0], stored, *OFFLINE[:2], *OFFLINE[3:]).status == 0
    assert run("plan", stored, files[1], *OFFLINE).status == 0
    done = run("plan", stored, *OFFLINE)
    assert done.status == 1
    assert "a plan leaves images out, so it needs them" in done.err


def test_wrong_usage(run, files):
    """A half-width of 0 is refused by the parser."""
    assert run("plan", *files, "--half-width", 0).status == 2
