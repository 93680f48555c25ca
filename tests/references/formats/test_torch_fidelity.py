"""Files of torch-fidelity's cache."""

import numpy as np
import pytest
import torch

from ganmetrics.errors import InputError, StaleStatistics
from ganmetrics.references.formats.torch_fidelity import read_torch_fidelity, write_torch_fidelity


def test_statistics_have_the_types_of_their_own(moments, tmp_path):
    """A float32 mean and a float64 covariance: it refuses to compare other types with its own."""
    write_torch_fidelity(tmp_path / "real.pt", moments)
    content = torch.load(tmp_path / "real.pt", weights_only=False)
    assert content.keys() == {"mu", "sigma"}
    assert (content["mu"].dtype, content["sigma"].dtype) == (np.float32, np.float64)


def test_features_know_their_count(features, tmp_path):
    """The tensor of all features gives moments with a count, which another one contradicts."""
    torch.save(torch.from_numpy(features).float(), tmp_path / "real-features-2048.pt")
    read = read_torch_fidelity(tmp_path / "real-features-2048.pt", count=None)
    assert read.moments.count == 20
    np.testing.assert_allclose(read.moments.covariance, np.cov(features, rowvar=False), rtol=1e-5)
    with pytest.raises(InputError, match="is of 20 images; got 5"):
        read_torch_fidelity(tmp_path / "real-features-2048.pt", count=5)


class Planted:
    def __reduce__(self):
        return eval, ("1 / 0",)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"mu": np.zeros(2), "sigma": Planted()}, "numbers, arrays and containers only; it needs .*eval"),
        ([torch.zeros(2, 2), Planted()], "needs plain tensors or arrays"),
        ({"mu": torch.zeros(2)}, "needs a tensor of features; .* has a dict"),
        ({"mu": np.zeros(2)}, "needs arrays mu and sigma; .* has other contents"),
        ([1, 2], "needs arrays mu and sigma; .* has other contents"),
        (torch.zeros(3), r"features must be floating point \[n, d\]; .* has float32 \[3\]"),
    ],
)
def test_other_contents_are_refused_and_no_code_is_run(content, message, tmp_path):
    """The message says what is needed; the planted call, which would divide by zero, never runs."""
    torch.save(content, tmp_path / "real.pt")
    with pytest.raises(InputError, match=message):
        read_torch_fidelity(tmp_path / "real.pt", count=None)


def test_a_cut_file_is_damaged(moments, tmp_path):
    """The archive's directory is at its end."""
    path = tmp_path / "real.pt"
    write_torch_fidelity(path, moments)
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(StaleStatistics, match=r"real\.pt is damaged"):
        read_torch_fidelity(path, count=None)
