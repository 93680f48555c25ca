"""The page's script for Dask, where Dask is installed."""

import runpy
from pathlib import Path

import pytest
import torch

from ganmetrics import Reference
from ganmetrics.testing import ChannelMeans

pytestmark = pytest.mark.slow

distributed = pytest.importorskip("distributed", reason="Dask's engine (the extra dev) is not installed")


@pytest.mark.filterwarnings("ignore")
def test_shards_on_workers_equal_the_whole(folders):
    """Three shards on two worker processes, which are handed the script's functions and import this library anew."""
    script = runpy.run_path(str(Path(__file__).parents[1] / "docs" / "scale_dask.py"))
    options = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with distributed.Client(**options) as client:
        assert len(client.scheduler_info()["workers"]) == 2
        joined = script["build_all"](client, str(folders[0]), 3, ChannelMeans())
    whole = Reference.from_images(folders[0], extractor=ChannelMeans(), workers=0)
    torch.testing.assert_close(joined.moments.covariance, whole.moments.covariance, rtol=1e-10, atol=1e-10)
