"""``ganmetrics reference convert``."""

import os
import pickle

import numpy as np
import pytest

pytestmark = pytest.mark.usefixtures("cheap")
OFFLINE = ("--extractor", "efficientnet-lite0", "--workers", "0")


@pytest.fixture
def foreign(tmp_path):
    """Write a file as pytorch-fid does: two arrays."""
    np.savez(tmp_path / "stats.npz", mu=np.full(3, 100.0), sigma=np.eye(3) * 50)
    return tmp_path / "stats.npz"


def test_a_count_is_asked_for_and_then_known(run, foreign, folders, tmp_path):
    """Without one the line says so; with one every command that needs it works, on both sides of it."""
    unknown = run("reference", "convert", foreign, tmp_path / "unknown.npz")
    assert unknown.status == 0
    assert "an unknown number of images, 3 features, origin unknown" in unknown.out
    assert "warning: " in unknown.err
    assert "(--count)" in unknown.err
    known = run("reference", "convert", foreign, tmp_path / "known.npz", "--count", 500)
    assert (known.status, known.err) == (0, "")
    assert "500 images" in known.out
    scored = run("fid", tmp_path / "known.npz", folders[1], *OFFLINE)
    assert scored.status == 0
    assert "real 500, fake 15" in scored.out


def test_there_and_back(run, foreign, tmp_path):
    """Through EDM2's pickle, which needs the count, to a file as it was."""
    refused = run("reference", "convert", foreign, tmp_path / "edm.pkl", "--to", "edm")
    assert refused.status == 1
    assert "needs the number of images" in refused.err
    assert run("reference", "convert", foreign, tmp_path / "edm.pkl", "--to", "edm", "--count", 9).status == 0
    assert run("reference", "convert", tmp_path / "edm.pkl", tmp_path / "back.npz", "--to", "pytorch-fid").status == 0
    with np.load(tmp_path / "back.npz") as back, np.load(foreign) as before:
        np.testing.assert_array_equal(back["sigma"], before["sigma"])


@pytest.mark.parametrize("name", ["stats.npz", "real.pkl"])
def test_other_libraries_files_stand_for_images(run, foreign, folders, tmp_path, name):
    """Every command takes them as they are, converted or not."""
    content = {"num_images": 40, "fid": dict(np.load(foreign))}
    (tmp_path / "real.pkl").write_bytes(pickle.dumps(content))
    done = run("fid", tmp_path / name, folders[1], *OFFLINE)
    assert done.status == 0
    assert ("real 40" if name == "real.pkl" else "real of unknown count") in done.out


def test_a_pickle_that_would_run_code_is_one_line(run, tmp_path):
    """Status 1, and the name of what it asked for."""
    (tmp_path / "evil.pkl").write_bytes(pickle.dumps({"num_images": 4, "fid": print}))
    done = run("reference", "convert", tmp_path / "evil.pkl", tmp_path / "out.npz")
    assert done.status == 1
    assert "numbers, arrays and containers only; it needs builtins.print" in done.err
    assert not (tmp_path / "out.npz").exists()


def test_a_files_name_and_contents_do_not_reach_the_terminal(run, tmp_path):
    """Escape sequences and line breaks are told as such: in errors, in warnings, in results and in what click says."""
    path = tmp_path / os.fsdecode("\x1b[2Jx\n\u202e.pkl".encode())
    path.write_bytes(pickle.dumps({"\x1b]0;title\x07": 1, "y" * 100_000: 2}))
    refused = run("reference", "convert", path, tmp_path / "out.npz")
    assert refused.status == 1
    assert refused.err.rstrip("\n").isprintable()
    assert "\\x1b]0;title\\x07, yyy" in refused.err
    assert len(refused.err) < 1000
    np.savez(tmp_path / "\x1b[2J.npz", mu=np.zeros(3), sigma=np.eye(3))
    done = run("reference", "convert", tmp_path / "\x1b[2J.npz", tmp_path / "out.npz")
    assert done.status == 0
    assert "warning: " in done.err
    assert "\x1b" not in done.err + done.out
    assert "\x1b" not in run("fid", "--\x1b[2J").err
    assert "\x1b" not in run("fid", "a", "b", "\x1b[2J").err


def test_an_unknown_format_is_wrong_usage(run, foreign, tmp_path):
    """Status 2, with the formats that there are."""
    done = run("reference", "convert", foreign, tmp_path / "out.npz", "--to", "tensorflow")
    assert done.status == 2
    assert "'tensorflow' is not one of 'ganmetrics', 'pytorch-fid'" in done.err
