"""What must be known before the network sees an image: the same from one read as from two."""

import pytest

from ganmetrics._types import silent
from ganmetrics.data.fingerprint import fingerprint
from ganmetrics.data.sources import open_source
from ganmetrics.errors import InputError
from ganmetrics.extraction.options import Extraction
from ganmetrics.extraction.settings import open_settings
from ganmetrics.extraction.survey import choose, survey
from ganmetrics.testing import ChannelMeans, write_images


def settings(**options):
    return open_settings(Extraction(extractor=ChannelMeans(), workers=0, device="cpu", **options), progress=silent)


def test_one_read_finds_what_two_do(tmp_path):
    """Digest and audit, whether or not a look into the cache had taken the digest already."""
    images = open_source(write_images(tmp_path / "a", 5))
    at_once = survey(images, settings(), silent)
    after = survey(images, settings(), silent, contents=fingerprint(images, progress=silent))
    assert (at_once.contents, at_once.audit) == (after.contents, after.audit)
    assert at_once.kept == (0, 1, 2, 3, 4)


def test_unreadable_images_are_refused_or_left_out(tmp_path):
    """Named where nothing is said, and out of `kept` where they may be skipped."""
    folder = write_images(tmp_path / "a", 4)
    (folder / "00002.png").write_bytes(b"no image")
    images = open_source(folder)
    with pytest.raises(InputError, match="00002.png"):
        survey(images, settings(), silent)
    assert survey(images, settings(skip_bad=True), silent).kept == (0, 1, 3)


def test_a_choice_is_seeded(tmp_path):
    """The same for one seed, another for another, everything where no number is given."""
    images = open_source(write_images(tmp_path / "a", 30))
    one, again, other = (choose(images, settings(count=10, seed=seed)) for seed in (1, 1, 2))
    labels = [[source.label(index) for index in range(10)] for source in (one, again, other)]
    assert labels[0] == labels[1] != labels[2]
    assert choose(images, settings()) is images
