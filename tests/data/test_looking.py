"""Every image is read before any is scored; what cannot be read is named."""

from contextlib import contextmanager

import numpy as np
import pytest
from PIL import Image

from ganmetrics.data.audit import Audit, BadFile
from ganmetrics.data.looking import audit
from ganmetrics.data.sources import open_source
from ganmetrics.errors import InputError


@pytest.fixture
def odd(folder, noise, encoded):
    """Return a folder with an image of several kinds and two files that cannot be read."""
    (folder / "3.jpg").write_bytes(encoded(noise(12, 12), "JPEG"))
    (folder / "4.png").write_bytes(encoded(Image.new("LA", (9, 6), (0, 9))))
    (folder / "5.png").write_bytes(encoded(noise())[:-60])
    (folder / "6.jpg").write_bytes(b"")
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("workers", [0, 2])
def test_everything_is_counted(odd, workers):
    """Formats, modes, sizes, treatments, other and unreadable files are counted, in any number of processes."""
    found = audit(open_source(odd), workers=workers, skip_bad=True)
    assert found == Audit(
        formats={"PNG": 4, "JPEG": 1},
        modes={"RGB": 4, "LA": 1},
        sizes={(9, 6): 4, (12, 12): 1},
        oddities={"grayscale": 1, "alpha composited on white": 1},
        ignored=1,
        bad=(BadFile(5, str(odd / "5.png"), "truncated"), BadFile(6, str(odd / "6.jpg"), "empty file")),
    )
    assert found.skipped == {5, 6}


def test_unreadable_images_are_named(odd):
    """Without leave to skip them, label and reason of each are told, with the way to score the rest."""
    with pytest.raises(InputError) as caught:
        audit(open_source(odd))
    assert str(caught.value) == (
        f"2 of 7 images of {odd} cannot be read: {odd}/5.png (truncated), {odd}/6.jpg (empty file); "
        "--skip-bad scores the rest"
    )


def test_five_are_named_at_most(folder):
    """Many unreadable images make one line of five names and a number."""
    for index in range(10, 18):
        (folder / f"{index}.png").write_bytes(b"")
    with pytest.raises(
        InputError, match=r"^8 of 11 images .* cannot be read: (\S+ \(empty file\)(, | )){5}and 3 more; "
    ):
        audit(open_source(folder))


@pytest.mark.parametrize("skip_bad", [True, False])
def test_a_set_without_a_readable_image_is_refused(folder, skip_bad):
    """There is nothing left to score, whether or not the unreadable may be skipped."""
    for index in range(3):
        (folder / f"{index}.png").write_bytes(b"")
    with pytest.raises(InputError, match=r"^3 of 3 images .*2\.png \(empty file\)$"):
        audit(open_source(folder), skip_bad=skip_bad)


def test_transparency_can_be_refused(odd):
    """With alpha refused, a transparent image is one that cannot be read."""
    found = audit(open_source(odd), alpha="refuse", skip_bad=True)
    assert found.bad[0].reason == "transparent pixels, and alpha is to be refused"


def test_pixels_in_memory_are_known_from_their_shape(noise):
    """Arrays are not decoded."""
    found = audit(open_source(noise()[None].repeat(4, axis=0)))
    assert found == Audit({"uint8": 4}, {"RGB": 4}, {(9, 6): 4})


def test_items_of_a_data_set_are_looked_at():
    """Each item of a data set is audited, since sizes and modes may differ."""
    items = [np.zeros((2, 3, 3), np.uint8), Image.new("L", (5, 4)), "no image"]
    found = audit(open_source(items), skip_bad=True)
    assert found.sizes == {(3, 2): 1, (5, 4): 1}
    assert found.oddities == {"grayscale": 1}
    assert found.bad[0].label == "list[2]"


def test_progress_adds_up(odd):
    """Progress is told for every image, unreadable ones included."""
    told = []

    @contextmanager
    def progress(*, total, stage):
        told.append((total, stage))
        yield told.append

    audit(open_source(odd), skip_bad=True, progress=progress)
    assert told[0] == (7, f"checking {odd}")
    assert sum(told[1:]) == 7
