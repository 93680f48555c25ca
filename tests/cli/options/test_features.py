"""The options that make a command take features."""

from pathlib import Path

import click
import numpy as np
import pytest
from click.testing import CliRunner

from ganmetrics.cli.options.features import features_options


@pytest.fixture
def opened():
    """`opened(path, *arguments)` is what a command would give to the library for a path."""

    def call(path, *arguments):
        seen = []

        def command(*, opener):
            seen.append(opener(path))

        result = CliRunner().invoke(click.command()(features_options(command)), arguments, standalone_mode=False)
        if result.exception is not None:
            raise result.exception
        return seen[0]

    return call


def test_without_the_option_a_path_stays_one(opened):
    """Images are the library's to open."""
    assert opened(Path("real")) == Path("real")


def test_features_are_loaded_under_their_name(opened, tmp_path):
    """Of the asked column, where a file has several."""
    np.savez(tmp_path / "a.npz", first=np.zeros((3, 2), np.float32), second=np.ones((4, 2), np.float32))
    found = opened(tmp_path / "a.npz", "--features", "--name", "vggish", "--column", "second")
    assert len(found) == 4
    assert "vggish" in found.name


@pytest.mark.parametrize("option", ["--name", "--column"])
def test_what_goes_with_features_is_wrong_usage_alone(opened, option):
    """Told, not passed over."""
    with pytest.raises(click.UsageError, match="go with --features"):
        opened(Path("real"), option, "x")
