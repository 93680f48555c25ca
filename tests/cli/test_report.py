"""``ganmetrics report``: one file, whose path is printed."""

import pytest

pytestmark = pytest.mark.usefixtures("cheap")
CHEAP = ("--extractor", "efficientnet-lite0", "--workers", "0", "-q")


@pytest.mark.slow
def test_a_page_is_written(run, folders, tmp_path):
    """Its path is the output, and the command that makes it again is in it."""
    out = tmp_path / "page.html"
    found = run("report", *folders, "--out", out, *CHEAP)
    assert (found.status, found.out) == (0, f"{out}\n")
    html = out.read_text(encoding="utf-8")
    assert f"ganmetrics report {folders[0]} {folders[1]} --extractor efficientnet-lite0" in html


@pytest.mark.slow
def test_a_page_that_cannot_be_written_costs_no_pass(run, folders, tmp_path):
    """Known before the first image is read; a folder that is not there is made."""
    (tmp_path / "file").write_text("")
    found = run("report", *folders, "--out", tmp_path / "file" / "page.html", *CHEAP)
    assert found.status == 1
    assert "cannot be written" in found.err
    assert run("report", *folders, "--out", tmp_path / "new" / "page.html", "--metrics", "fid", *CHEAP).status == 0
    assert (tmp_path / "new" / "page.html").stat().st_size > 10_000


def test_one_set_cannot_come_twice(run, folders):
    """As for evaluate."""
    assert run("report", folders[0], folders[1], folders[1], *CHEAP).status == 2


@pytest.mark.slow
def test_sets_of_one_name_are_told_apart(run, folders, tmp_path):
    """By their whole paths."""
    other = tmp_path / "other" / "fake"
    other.parent.mkdir()
    folders[1].rename(other)
    third = tmp_path / "third" / "fake"
    third.parent.mkdir()
    from ganmetrics.testing import write_images

    write_images(third, 20, seed=5)
    out = tmp_path / "page.html"
    assert run("report", folders[0], other, third, "--out", out, "--metrics", "fid", *CHEAP).status == 0
    assert str(third) in out.read_text(encoding="utf-8")
