"""Protocols: which conventions go with which extractor."""

import pytest

from ganmetrics.errors import InputError
from ganmetrics.features.resize import RESIZERS, SCALINGS
from ganmetrics.metrics.inception.score import INCEPTION_CONVENTIONS
from ganmetrics.metrics.kernel.distance import KERNEL_CONVENTIONS
from ganmetrics.metrics.neighbours.precision_recall import NEIGHBOUR_CONVENTIONS
from ganmetrics.protocols import INCEPTION, PROTOCOLS, ROWS, resolve_protocol


def test_defaults_are_the_extractors_own():
    """Inception follows the original graph unless told otherwise; every other extractor follows itself."""
    assert resolve_protocol(None, "inception-v3").name == "ttur"
    assert resolve_protocol(None, "timm:resnet10t").name == "native"
    assert resolve_protocol(None, "dinov2-vitl14@bf16").name == "dgm-eval"


def test_one_name_may_resize_for_two_networks():
    """torch-fidelity resizes both as TensorFlow 1 does, to the size and on the scale of each."""
    inception, dino = (resolve_protocol("torch-fidelity", name) for name in ("inception-v3", "dinov2-vits14"))
    assert inception.resize == dino.resize == "tf1-bilinear"
    assert (inception.size, dino.size) == (299, 224)
    assert inception.scaling != dino.scaling


def test_dinov2_has_three_resizes():
    """And no other: those of Inception say nothing of it."""
    found = {row.name: row.resize for row in ROWS if "dinov2-vitl14" in row.extractors}
    assert found == {
        "dgm-eval": "pillow-bicubic-uint8",
        "edm2": "pillow-bicubic-unclipped",
        "torch-fidelity": "tf1-bilinear",
    }
    for refused in ("ttur", "clean-fid"):
        with pytest.raises(InputError, match=f"'{refused}' is defined for inception-v3 only; got extractor 'dinov2"):
            resolve_protocol(refused, "dinov2-vitl14")
    with pytest.raises(InputError, match="dinov2-vitl14 needs a protocol that fixes its resize, such as dgm-eval"):
        resolve_protocol("native", "dinov2-vitl14")


@pytest.mark.parametrize("name", [row.name for row in ROWS if row.extractors == INCEPTION and row.size == 299])
def test_inception_protocols_refuse_other_extractors(name):
    """A protocol that fixes Inception's resize says nothing of another network."""
    with pytest.raises(InputError, match=f"'{name}' is defined for inception-v3 .*only; got extractor 'efficientnet"):
        resolve_protocol(name, "efficientnet-lite0")


def test_native_is_no_protocol_for_inception():
    """Without a named resize an Inception score would not say which FID it is."""
    with pytest.raises(InputError, match="inception-v3 needs a protocol that fixes its resize"):
        resolve_protocol("native", "inception-v3")


def test_unknown_protocol_lists_the_known():
    """The message names what can be asked for."""
    with pytest.raises(InputError, match=r"must be one of ttur, pytorch-fid, .*; got 'tturr'"):
        resolve_protocol("tturr", "inception-v3")


@pytest.mark.parametrize("protocol", ROWS, ids=lambda row: row.name)
def test_every_name_in_the_table_exists(protocol):
    """Resizers, scalings and conventions are those of the layers below."""
    assert protocol.resize is None or protocol.resize in RESIZERS
    assert protocol.scaling is None or protocol.scaling in SCALINGS
    assert protocol.inception_score in INCEPTION_CONVENTIONS


def test_covariance_is_divided_by_n_under_stylegan_only():
    """Every other library divides by n - 1."""
    assert {name for name, protocol in PROTOCOLS.items() if protocol.ddof == 0} == {"stylegan"}
    assert {protocol.ddof for protocol in PROTOCOLS.values()} == {0, 1}


@pytest.mark.parametrize("protocol", PROTOCOLS.values(), ids=PROTOCOLS.keys())
def test_conventions_of_the_other_metrics_exist(protocol):
    """The names lead to conventions of the metrics that have several."""
    assert protocol.kernel_distance in KERNEL_CONVENTIONS
    assert protocol.precision_recall in NEIGHBOUR_CONVENTIONS
