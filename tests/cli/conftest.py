"""The command line with a free extractor in the place of EfficientNet-Lite0."""

import dataclasses

import pytest
from click.testing import CliRunner

from ganmetrics.cli import command
from ganmetrics.extraction import settings
from ganmetrics.features.names import split_precision
from ganmetrics.testing import ChannelMeans


@pytest.fixture
def cheap(monkeypatch):
    """`--extractor efficientnet-lite0` takes the mean of each channel, so that commands run in milliseconds."""
    real_loader = settings.open_extractor

    def load(name, **options):
        cheap = split_precision(name)[0] == "efficientnet-lite0"
        return ChannelMeans(name=name) if cheap else real_loader(name, **options)

    monkeypatch.setattr(settings, "open_extractor", load)


@dataclasses.dataclass
class Outcome:
    """What a command did."""

    status: int
    out: str
    err: str


@pytest.fixture
def run():
    """Run the command line in this process: `run("fid", real, fake)`."""

    def call(*arguments: object) -> Outcome:
        result = CliRunner().invoke(command, [str(argument) for argument in arguments])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Outcome(result.exit_code, result.stdout, result.stderr)

    return call
