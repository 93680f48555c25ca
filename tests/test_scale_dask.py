"""The page's script for Dask, where Dask is installed."""

import runpy
from pathlib import Path

import pytest
import torch

from ganmetrics import Reference
from ganmetrics.testing import ChannelMeans

pytestmark = pytest.mark.slow

distributed = pytest.importorskip("distributed")


@pytest.mark.filterwarnings("ignore")
def test_shards_on_workers_equal_the_whole(folders):
    """Three shards on a cluster of threads."""
    script = runpy.run_path(str(Path(__file__).parents[1] / "docs" / "scale_dask.py"))
    with distributed.Client(processes=False, n_workers=1, dashboard_address=None) as client:
        joined = script["build_all"](client, str(folders[0]), 3, ChannelMeans())
    whole = Reference.from_images(folders[0], extractor=ChannelMeans(), workers=0)
    torch.testing.assert_close(joined.moments.covariance, whole.moments.covariance, rtol=1e-10, atol=1e-10)
