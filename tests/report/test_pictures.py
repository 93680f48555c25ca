"""Contact sheets: sizes, captions and wrapping."""

import numpy as np
import pytest
from PIL import Image

from ganmetrics.errors import StorageError
from ganmetrics.report.pictures import THUMBNAIL, Strip, Thumbnail, contact_sheet, save_picture

BLUE = (0, 0, 255)


def coloured(height, width, caption=("a.png",)):
    """A blue image."""
    return Thumbnail(np.full((height, width, 3), BLUE, np.uint8), caption)


def blue_box(sheet):
    """Return width and height of what is blue."""
    rows, columns = (np.asarray(sheet) == BLUE).all(axis=2).nonzero()
    return columns.max() - columns.min() + 1, rows.max() - rows.min() + 1


@pytest.mark.parametrize(
    ("size", "shown"), [((32, 32), (96, 96)), ((56, 28), (56, 112)), ((500, 1000), (112, 56)), ((3000, 1), (1, 112))]
)
def test_images_fit_a_thumbnail(size, shown):
    """Small ones are enlarged by a whole factor, large ones reduced, both with their proportions."""
    assert blue_box(contact_sheet([Strip("one", (coloured(*size),))])) == shown


def test_enlarged_pixels_stay_sharp():
    """No colour appears that the image does not have."""
    pixels = np.zeros((8, 8, 3), np.uint8)
    pixels[::2] = BLUE
    sheet = np.asarray(contact_sheet([Strip("", (Thumbnail(pixels, ()),))])).reshape(-1, 3)
    assert {tuple(colour) for colour in np.unique(sheet, axis=0)} == {(0, 0, 0), BLUE, (255, 255, 255)}


def test_long_strips_wrap_and_short_ones_do_not_widen():
    """Five images at three a row are two rows of thumbnails."""
    wide, tall = (contact_sheet([Strip("s", (coloured(8, 8),) * 5)], columns=columns) for columns in (5, 3))
    assert wide.width - tall.width == 2 * (THUMBNAIL + 10)
    assert tall.height > wide.height + THUMBNAIL


def test_a_long_name_shows_its_end():
    """Two names that differ at the end have different captions; that differ at the beginning, equal ones."""
    folder = "a/folder/with/a/name/that/is/far/too/long/for/a/caption/"

    def sheet(name):
        return np.asarray(contact_sheet([Strip("s", (coloured(8, 8, (name,)),))]))

    assert (sheet(f"{folder}0001.png") != sheet(f"{folder}0007.png")).any()
    assert (sheet(f"x{folder}0001.png") == sheet(f"y{folder}0001.png")).all()


def test_captions_are_dark_on_white():
    """There is text below the image, in black."""
    below = np.asarray(contact_sheet([Strip("s", (coloured(112, 112, ("name.png", "+1.5")),))]))[160:]
    assert below.min() < 80
    assert (below == 255).mean() > 0.5


def test_nothing_to_show_is_a_title():
    """A strip without images, and no strip at all, are pictures too."""
    assert np.asarray(contact_sheet([Strip("none of these", ())])).min() < 80
    assert contact_sheet([]).width > 0


def test_saving(tmp_path):
    """PNG, whole or not at all."""
    save_picture(contact_sheet([Strip("s", (coloured(8, 8),))]), tmp_path / "sheet.png")
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.format == "PNG"
    with pytest.raises(StorageError, match="cannot be written"):
        save_picture(Image.new("RGB", (1, 1)), tmp_path / "absent" / "sheet.png")
