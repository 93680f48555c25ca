"""Tests of `ganmetrics.compat.torch_fidelity.options`: what is not followed is refused before an image is read."""

import pytest

from ganmetrics.compat.torch_fidelity import calculate_metrics
from ganmetrics.errors import InputError

BOTH = {"input1": "a", "input2": "b"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (BOTH, "at least one of isc, fid, kid and prc must be True; got none"),
        ({**BOTH, "fids": True}, "calculate_metrics needs keywords of torch-fidelity; got fids"),
        ({**BOTH, "ppl": True}, "ppl, the perceptual path length, is not offered"),
        ({"input2": "b", "fid": True}, "input1, the generated images, is needed; got None"),
        ({"input1": "a", "fid": True, "kid": True}, "input2, the real images, is needed for fid, kid; got None"),
        ({**BOTH, "fid": True, "fid_statistics_file": "c.npz"}, "fid_statistics_file takes the place of input2"),
        ({**BOTH, "kid": True, "kid_kernel": "rbf"}, "kid_kernel must be 'poly'"),
        ({**BOTH, "prc": True}, "prc of torch-fidelity reads VGG-16 where nothing is named"),
        ({**BOTH, "fid": True, "feature_layer_fid": "192"}, "feature_layer_fid must be '2048'; got '192'"),
        ({**BOTH, "isc": True, "feature_extractor": "dinov2-vit-l-14"}, "isc needs feature_extractor 'inception-v3"),
        ({**BOTH, "fid": True, "feature_extractor": "vgg16"}, "feature_extractor must be inception-v3-compat or"),
    ],
)
def test_one_line_says_what_is_needed(options, message):
    """And nothing is read: the folders do not exist."""
    with pytest.raises(InputError) as caught:
        calculate_metrics(**options)
    assert str(caught.value).startswith(message)
