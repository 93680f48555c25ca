"""One side of a score: each row knows its image, also where unreadable ones are left out."""

from ganmetrics._types import silent
from ganmetrics.extraction.options import Extraction
from ganmetrics.references.gather import gather
from ganmetrics.references.sides import Demand, Request, open_side
from ganmetrics.testing import ChannelMeans, write_images


def extract_rows(folder):
    """Which images the rows of a folder's features are of, and the features."""
    how = Extraction(ChannelMeans(), skip_bad=True, batch_size=2, workers=0, device="cpu")
    demand = Demand("a test", frozenset({"features"}), 1)
    (side,) = gather([Request("real", open_side(folder, how), (demand,))], how, progress=silent)
    return side.rows, side.features


def test_rows_know_their_images(tmp_path):
    """A skipped image shifts no label: each row is named and classed as the file that it came from."""
    write_images(tmp_path / "real" / "cat", 3, seed=1)
    write_images(tmp_path / "real" / "dog", 2, seed=2)
    (tmp_path / "real" / "cat" / "00001.png").write_text("not an image")
    found, seen = extract_rows(tmp_path / "real")
    assert seen.shape == (4, 3)
    assert [found.label(row).rsplit("/", 2)[-2:] for row in range(4)] == [
        ["cat", "00000.png"],
        ["cat", "00002.png"],
        ["dog", "00000.png"],
        ["dog", "00001.png"],
    ]
    assert [found.class_of(row) for row in range(4)] == ["cat", "cat", "dog", "dog"]
