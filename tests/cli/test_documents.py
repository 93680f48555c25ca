"""`evaluate` for papers and model repositories."""

import pytest

from ganmetrics.testing import write_images

pytestmark = pytest.mark.usefixtures("cheap")
OFFLINE = ("--extractor", "efficientnet-lite0", "--workers", "0", "-q", "--no-cache")


@pytest.mark.slow
def test_all_documents_in_one_run(run, folders):
    """A row, a checklist, citations and a card stand in the place of the lines."""
    asked = ("--row", "latex", "--checklist", "--bibtex", "--card", "model-index", "--model", "mine")
    done = run("evaluate", *folders, *OFFLINE, "--metrics", "fid,precision", *asked)
    assert done.status == 0
    order = [done.out.index(text) for text in ("\\toprule", "## Numbers", "@software{ganmetrics", '"model-index":')]
    assert order == sorted(order)
    assert "mine & " in done.out
    assert "- [x] Command: `ganmetrics " in done.out
    assert "better)" not in done.out


@pytest.mark.slow
def test_several_generators_share_a_table(run, folders, tmp_path):
    """A row for each."""
    other = write_images(tmp_path / "other", 12, seed=7)
    done = run("evaluate", *folders, other, *OFFLINE, "--row", "markdown")
    assert done.status == 0
    assert len([line for line in done.out.splitlines() if line.startswith("| fd_")]) == 2


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("--row", "latex", "--json"), "--json and --csv print the report"),
        (("--bibtex", "--csv"), "--json and --csv print the report"),
        (("--card", "eval-results"), "needs --dataset owner/name"),
    ],
)
def test_what_does_not_go_together_is_wrong_usage(run, folders, asked, said):
    """Before any image is read."""
    done = run("evaluate", *folders, *OFFLINE, *asked)
    assert done.status == 2
    assert said in done.err
