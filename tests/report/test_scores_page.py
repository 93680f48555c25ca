"""The page of a report by itself."""

import json

import pytest

import ganmetrics
from ganmetrics.report import scores_page
from ganmetrics.report.scores_page import MOST_ROWS
from ganmetrics.testing import ChannelMeans, random_images


def made(**options):
    """A report of scores and a table."""
    return ganmetrics.evaluate(
        random_images(60), random_images(250, seed=1), extractor=ChannelMeans(), workers=0, **options
    )


@pytest.mark.slow
def test_scores_tables_and_provenance_are_in_it():
    """A long table is cut, and says so; the JSON is the report's own without tables."""
    report = made(metrics=("fid", "realism"))
    page = scores_page.scores_page(report)
    assert [section.title for section in page.sections] == ["Scores", "Tables", "For a paper", "Provenance"]
    assert f"and {250 - MOST_ROWS} more rows" in page.to_html()
    data = json.loads(page.data)
    assert [score["name"] for score in data["scores"]] == list(report)


def test_cells_are_written_for_people():
    """Nothing, truth, whole numbers with commas, four digits."""
    cells = [scores_page._cell(cell) for cell in (True, 12345, 0.123456, "name")]
    assert cells == ["yes", "12,345", "0.1235", "name"]
    assert scores_page._cell(None) == scores_page.NOTHING
