"""The same files under every protocol, and the parts of each difference."""

import json

import pytest

from ganmetrics.commands.evaluate import fid
from ganmetrics.commands.explain import explain
from ganmetrics.errors import InputError, NotEnoughSamples
from ganmetrics.extraction import settings
from ganmetrics.protocols import PROTOCOLS
from ganmetrics.references.reference import Reference
from ganmetrics.testing import random_images
from tests.inception_stand_in import Thumbnail

NAMES = [name for name, protocol in PROTOCOLS.items() if "inception-v3" in protocol.extractors]
FREE = {"workers": 0, "device": "cpu", "batch_size": 8}


@pytest.fixture(autouse=True)
def extractor(monkeypatch):
    """`inception-v3` is a network that needs no weights; the last one loaded is returned when asked."""
    loaded = []

    def load(name, *, preprocessing, **_):
        assert name == "inception-v3"
        loaded.append(Thumbnail(preprocessing))
        return loaded[-1]

    monkeypatch.setattr(settings, "open_extractor", load)
    return lambda: loaded[-1]


@pytest.fixture
def sets():
    """Two sets of noise, larger than the network's input in one direction only."""
    return random_images(20, seed=0, size=32), random_images(12, seed=1, size=32) // 2


@pytest.fixture
def explained(sets):
    """The explanation of the two sets."""
    return explain(*sets, **FREE)


@pytest.mark.slow
def test_every_row_is_the_score_under_its_protocol(explained, sets):
    """Values, counts and names are those of separate runs."""
    assert list(explained.protocols) == NAMES
    for name, row in explained.protocols.items():
        alone = fid(*sets, protocol=name, interval=False, **FREE)
        assert row.score.value == pytest.approx(alone.value, rel=1e-9)
        assert (row.score.name, row.score.protocol) == (alone.name, name)
        assert (row.score.real_count, row.score.fake_count) == (20, 12)


def test_parts_add_up_and_lie_where_protocols_differ(explained):
    """A part is zero exactly where the protocol makes the base's choice, and together they are the difference."""
    base = explained.protocols["ttur"].score.value
    for name, row in explained.protocols.items():
        assert row.difference == pytest.approx(row.score.value - base, rel=1e-9, abs=1e-12)
        protocol = PROTOCOLS[name]
        assert (row.resize == 0) == (protocol.resize == "tf1-bilinear")
        assert (row.scaling == 0) == (protocol.scaling == "(x-128)/128")
        assert (row.convention == 0) == (protocol.ddof == 1)


def test_each_part_is_that_of_one_change(explained):
    """Under StyleGAN only n changes, and the scaling of pytorch-fid multiplies every squared distance by one factor."""
    row = explained.protocols["pytorch-fid"]
    with_resize = row.score.value - row.scaling
    assert with_resize == pytest.approx(row.score.value * (127.5 / 128) ** 2, rel=1e-4)
    assert explained.protocols["stylegan"].convention < 0


@pytest.mark.slow
def test_another_base_counts_from_there(sets, explained):
    """The differences are the first table's, less the base's own; the values stay."""
    other = explain(*sets, protocol="pytorch-fid", **FREE)
    assert other.base == "pytorch-fid"
    for name, row in other.protocols.items():
        assert row.score.value == pytest.approx(explained.protocols[name].score.value, rel=1e-12)
        expected = explained.protocols[name].difference - explained.protocols["pytorch-fid"].difference
        assert row.difference == pytest.approx(expected, rel=1e-9, abs=1e-9)
    assert other.protocols["pytorch-fid"].difference == 0


@pytest.mark.slow
def test_the_network_runs_once_for_each_preparation(extractor, sets):
    """Five preparations of three batches of 20 images, and of two batches of 12."""
    explain(*sets, **FREE)
    assert extractor().calls == 5 * (3 + 2)


def test_text_names_every_protocol_and_json_is_one_object(explained):
    """One line each under a title; the object has the fields of every score and the parts."""
    lines = explained.to_text().splitlines()
    assert lines[0].startswith("fd_inception-v3 (real 20, fake 12) under every protocol; differences are from ttur's")
    assert [line.split()[0] for line in lines[2:]] == NAMES
    content = json.loads(explained.to_json())
    assert list(content) == ["scores", "base", "provenance"]
    assert [score["protocol"] for score in content["scores"]] == NAMES
    assert {"name", "value", "real_count", "difference", "resize", "scaling", "convention"} <= content["scores"][
        0
    ].keys()
    assert content["provenance"]["real"]["count"] == 20


def test_statistics_and_single_images_are_refused(sets):
    """A reference holds one protocol's features, and one image has no covariance."""
    reference = Reference.from_images(sets[0], protocol="ttur", **FREE)
    with pytest.raises(InputError, match="explaining needs images"):
        explain(reference, sets[1], **FREE)
    with pytest.raises(NotEnoughSamples, match="a Fréchet distance needs at least 2 images a side; tensor has 1"):
        explain(sets[0], sets[1][:1], **FREE)
    with pytest.raises(InputError, match="inception-v3 needs a protocol that fixes its resize"):
        explain(*sets, protocol="native", **FREE)
