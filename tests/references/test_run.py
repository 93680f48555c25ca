"""What belongs to a run and not to its numbers, taken out of a function's keywords."""

import pytest

from ganmetrics._types import silent
from ganmetrics.errors import InputError
from ganmetrics.extraction.options import Extraction
from ganmetrics.references.run import Run, split_gathering, split_run


def test_nothing_said_is_nothing_kept_or_shown():
    """As the functions promise."""
    assert Run.of({}) == Run(None, silent) == Run.of({"cache": None, "cache_features": True})


def test_a_folder_becomes_a_cache(tmp_path):
    """With or without features; text will do."""
    assert Run.of({"cache": tmp_path}).cache.directory == tmp_path
    assert not Run.of({"cache": str(tmp_path)}).cache.features
    assert Run.of({"cache": tmp_path, "cache_features": True}).cache.features


def test_keywords_are_parted(tmp_path):
    """Each goes to the value that it is a field of; what is unknown is refused with what is known."""
    run, rest = split_run({"cache": tmp_path, "progress": print, "seed": 3})
    assert (run.progress, rest) == (print, {"seed": 3})
    how, run = split_gathering(None, {"count": 5, "cache": tmp_path})
    assert (how, run.cache.directory) == (Extraction(count=5), tmp_path)
    with pytest.raises(InputError, match="options must be among extractor, .*; got 'cashe'"):
        split_gathering(None, {"cashe": tmp_path})


def test_a_value_and_the_run_go_together(tmp_path):
    """An Extraction holds all options of images, and the run is none of them."""
    given = Extraction(seed=4)
    how, run = split_gathering(given, {"cache": tmp_path})
    assert how is given
    assert run.cache is not None
    with pytest.raises(InputError, match="got seed beside one"):
        split_gathering(given, {"seed": 4})
