"""Which image each row of features is of."""

import torch

from ganmetrics._types import silent
from ganmetrics.data.features import Features
from ganmetrics.data.sources import open_source
from ganmetrics.extraction.options import Extraction
from ganmetrics.extraction.settings import open_settings
from ganmetrics.extraction.survey import survey
from ganmetrics.references.rows import FeatureRows, ImageRows, RowNames
from ganmetrics.testing import ChannelMeans, write_images


def test_rows_pass_over_what_cannot_be_read(tmp_path):
    """Row 1 is of the third file where the second is broken."""
    write_images(tmp_path / "set" / "cat", 2)
    write_images(tmp_path / "set" / "dog", 2)
    (tmp_path / "set" / "cat" / "00001.png").write_bytes(b"no image")
    settings = open_settings(Extraction(extractor=ChannelMeans(), workers=0, skip_bad=True), progress=silent)
    rows = ImageRows.of(survey(open_source(tmp_path / "set"), settings, silent))
    assert isinstance(rows, RowNames)
    assert len(rows) == 3
    assert [rows.class_of(row) for row in range(3)] == ["cat", "dog", "dog"]
    assert rows.label(1).endswith("dog/00000.png")
    taken = rows.take([2, 0])
    assert [taken.label(row)[-13:] for row in range(2)] == ["dog/00001.png", "cat/00000.png"]


def test_rows_of_given_features_have_numbers():
    """And may be taken likewise."""
    rows = FeatureRows(Features(torch.zeros(4, 2), "vggish"))
    assert isinstance(rows, RowNames)
    assert len(rows.take([3, 1])) == 2
    assert rows.label(3) != rows.label(1)
    assert rows.class_of(0) is None
