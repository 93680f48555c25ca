"""Tests of ``python -m ganmetrics.compat.pytorch_fid``."""

import pytest
from click.testing import CliRunner

from ganmetrics.compat.pytorch_fid.__main__ import command
from ganmetrics.compat.pytorch_fid.fid_score import calculate_fid_given_paths


@pytest.fixture
def invoke(request):
    """Run the command."""
    request.getfixturevalue("tiny_inception")
    return lambda *arguments: CliRunner().invoke(command, [*map(str, arguments), "--num-workers", "0"])


@pytest.mark.slow
def test_it_prints_the_peers_line(invoke, folders):
    """Two blanks after the colon, as programs that read the line expect, and nothing else."""
    result = invoke(*folders)
    assert result.exit_code == 0
    assert result.stdout == f"FID:  {calculate_fid_given_paths(folders, num_workers=0)}\n"


@pytest.mark.slow
def test_it_saves_statistics(invoke, folders, tmp_path):
    """The file scores as the folder does, up to the root of a bare covariance."""
    saved = invoke("--save-stats", folders[0], tmp_path / "real")
    assert (saved.exit_code, saved.stdout) == (0, f"Saving statistics for {folders[0]}\n")
    again = invoke(tmp_path / "real.npz", folders[1])
    assert float(again.stdout.split()[1]) == pytest.approx(float(invoke(*folders).stdout.split()[1]))


def test_errors_take_one_line(invoke, folders, tmp_path):
    """And status 1, not a traceback."""
    result = invoke(folders[0], tmp_path / "missing")
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert "does not exist" in result.stderr
