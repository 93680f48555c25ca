"""The key of stored statistics: everything that can change the number."""

import dataclasses
import platform

import pytest
import torch

from ganmetrics.features.base import ExtractorSpec
from ganmetrics.references.key import ReferenceKey
from ganmetrics.testing import ChannelMeans
from tests.extraction.test_settings import opened

KEY = ReferenceKey(
    contents="a" * 64,
    extractor="inception-v3",
    layer="pool3",
    weights_sha256="b" * 64,
    protocol="ttur",
    preprocessing="tf1-bilinear 299x299 (x-128)/128",
    alpha="white",
    skip_bad=False,
    batch_size=32,
    compiled=False,
    device="cpu",
    versions='{"torch": "2.14.1"}',
)
OTHER = {str: "other", str | None: None, bool: True, int: 33}


@pytest.mark.parametrize("field", dataclasses.fields(ReferenceKey), ids=lambda field: field.name)
def test_every_field_changes_the_digest(field):
    """Statistics that differ in any choice never share a file."""
    assert dataclasses.replace(KEY, **{field.name: OTHER[field.type]}).digest != KEY.digest


def test_equal_keys_share_a_digest():
    """The digest is a function of the fields, not of the object (the control of the test above)."""
    assert dataclasses.replace(KEY).digest == KEY.digest
    assert len(KEY.digest) == 64


def test_settings_reach_the_key():
    """What the run was told is what the key says."""
    extractor = ChannelMeans(name="means")
    settings = opened(extractor, alpha="black", skip_bad=True, batch_size=7, workers=0, device="cpu")
    key = ReferenceKey.of("c" * 64, settings)
    assert (key.extractor, key.layer, key.protocol, key.alpha) == ("means", "mean", "native", "black")
    assert (key.skip_bad, key.batch_size, key.device, key.contents) == (True, 7, f"{platform.machine()} cpu", "c" * 64)
    assert torch.__version__.split("+")[0] in key.versions


def test_every_part_of_the_spec_is_in_the_key():
    """A new field of the extractor's identity must be placed in the key, or be known not to change features."""
    in_key = {
        "name": "extractor",
        "layer": "layer",
        "weights_sha256": "weights_sha256",
        "preprocessing": "preprocessing",
    }
    follows_from_the_others = {"dimension", "classes", "spatial", "canonical"}
    assert {field.name for field in dataclasses.fields(ExtractorSpec)} == set(in_key) | follows_from_the_others
    assert set(in_key.values()) <= {field.name for field in dataclasses.fields(ReferenceKey)}
