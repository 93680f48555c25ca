"""Features row by row: each row knows its image, also where unreadable ones are left out."""

from ganmetrics._types import silent
from ganmetrics.extraction.settings import resolve_settings
from ganmetrics.scoring.featured import featured, survey_source
from ganmetrics.testing import ChannelMeans, write_images


def test_rows_know_their_images(tmp_path):
    """A skipped image shifts no label: each row is named and classed as the file that it came from."""
    write_images(tmp_path / "real" / "cat", 3, seed=1)
    write_images(tmp_path / "real" / "dog", 2, seed=2)
    (tmp_path / "real" / "cat" / "00001.png").write_text("not an image")
    settings = resolve_settings(
        ChannelMeans(),
        protocol=None,
        weights=None,
        offline=True,
        count=None,
        seed=0,
        alpha="white",
        skip_bad=True,
        batch_size=2,
        workers=0,
        device="cpu",
        progress=None,
    )
    found = featured(survey_source(tmp_path / "real", settings, silent), settings, silent)
    assert found.features.shape == (4, 3)
    assert [found.label(row).rsplit("/", 2)[-2:] for row in range(4)] == [
        ["cat", "00000.png"],
        ["cat", "00002.png"],
        ["dog", "00000.png"],
        ["dog", "00001.png"],
    ]
    assert [found.class_of(row) for row in range(4)] == ["cat", "cat", "dog", "dog"]
