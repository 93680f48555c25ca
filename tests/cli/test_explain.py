"""``ganmetrics explain``."""

import json

import pytest

from ganmetrics.extraction import settings
from tests.inception_stand_in import Thumbnail


@pytest.fixture(autouse=True)
def stand_in(monkeypatch):
    """`inception-v3` needs no weights."""
    monkeypatch.setattr(settings, "open_extractor", lambda _, *, preprocessing, **__: Thumbnail(preprocessing))


@pytest.mark.slow
def test_two_operands_are_enough(run, folders):
    """A row a protocol on stdout, the audit on stderr."""
    done = run("explain", *folders)
    assert done.status == 0
    for name in ("ttur", "pytorch-fid", "torch-fidelity", "clean-fid", "torchmetrics", "adm", "stylegan"):
        assert sum(line.split()[0] == name for line in done.out.splitlines()) == 1
    assert "real: 20 images" in done.err


@pytest.mark.slow
def test_json(run, folders):
    """One object, with nothing else on stdout; -q leaves stderr to warnings."""
    done = run("explain", *folders, "--json", "-q", "--workers", 0, "--protocol", "stylegan", "--count", 10)
    content = json.loads(done.out)
    assert (content["base"], len(content["scores"])) == ("stylegan", 7)
    assert content["scores"][0]["fake_count"] == 10
    assert "images: " not in done.err


def test_other_extractors_have_one_protocol(run, folders):
    """There is nothing to explain, which is wrong usage."""
    done = run("explain", *folders, "--extractor", "efficientnet-lite0")
    assert done.status == 2
    assert "protocols differ for inception-v3 in fp32 only; got --extractor efficientnet-lite0" in done.err
