"""Clipped, symmetric and probabilistic pairs against the code of their authors, on the same features.

GANMETRICS_CLIPPED_SOURCE names a copy of the repository ClippedDensityCoverage, GANMETRICS_SANITY_SOURCE one of the
position paper's (arXiv 2505.22450), which holds the other two as their authors wrote them.
"""

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest
import torch

from ganmetrics.metrics.neighbours.clipped import clipped_coverage, clipped_density
from ganmetrics.metrics.neighbours.probabilistic import probabilistic_precision_recall
from ganmetrics.metrics.neighbours.symmetric import symmetric_precision_recall

pytestmark = [pytest.mark.parity, pytest.mark.filterwarnings("ignore")]
CLIPPED, SANITY = "GANMETRICS_CLIPPED_SOURCE", "GANMETRICS_SANITY_SOURCE"


def module(variable, path):
    """A file of a peer's repository, imported by itself."""
    if variable not in os.environ:
        pytest.skip(f"{variable} names no copy of the repository")
    pytest.importorskip("sklearn")
    stub = ModuleType("metrics")
    stub.MetricComputer = object
    sys.modules.setdefault("metrics", stub)
    spec = importlib.util.spec_from_file_location(f"peer_{Path(path).stem}", Path(os.environ[variable]) / path)
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def features(seed, shift):
    """Real and fake features: 300 and 250 of 12."""
    rng = torch.Generator().manual_seed(seed)
    real = torch.randn(300, 12, generator=rng, dtype=torch.float64)
    fake = 0.9 * torch.randn(250, 12, generator=rng, dtype=torch.float64) + shift
    return real, fake


@pytest.mark.parametrize("shift", [0.0, 0.3, 0.8])
def test_clipped_pair(shift, table):
    """To the last digits of float64."""
    peer = module(CLIPPED, "ClippedDensityCoverage/metrics/Clipped_Density_Coverage.py")
    real, fake = features(1, shift)
    theirs = peer.ClippedDensityCoverage(real.numpy(), K=5, n_jobs=1)
    pairs = {
        "clipped density": (clipped_density(real, fake), float(theirs.ClippedDensity(fake.numpy()))),
        "clipped coverage": (clipped_coverage(real, fake), float(theirs.ClippedCoverage(fake.numpy()))),
    }
    note(table, pairs, shift)
    for ours, expected in pairs.values():
        assert ours == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("shift", [0.0, 0.3, 0.8])
def test_symmetric_pair(shift, table):
    """Counts of the same images."""
    peer = module(SANITY, "metrics/sym_precision_recall/manifmetric.py")
    real, fake = features(2, shift)
    theirs = peer.ManifoldMetric(ref_data=real, gen_data=fake, k=5)
    ours = symmetric_precision_recall(real, fake, k=5)
    pairs = {
        "symmetric precision": (ours.precision, theirs.sym_precision(k=5).sym_precision),
        "symmetric recall": (ours.recall, theirs.sym_recall(k=5).sym_recall),
    }
    note(table, pairs, shift)
    for one, expected in pairs.values():
        assert one == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("shift", [0.0, 0.3, 0.8])
def test_probabilistic_pair(shift, table):
    """To the last digits of float64."""
    peer = module(SANITY, "metrics/pp_pr.py")
    real, fake = features(3, shift)
    ours = probabilistic_precision_recall(real, fake)
    precision, recall = peer.compute_pprecision_precall(real.numpy(), fake.numpy())
    pairs = {"P-precision": (ours.precision, float(precision)), "P-recall": (ours.recall, float(recall))}
    note(table, pairs, shift)
    for one, expected in pairs.values():
        assert one == pytest.approx(expected, rel=1e-9)


def note(table, pairs, shift):
    """Put a row into the table of the run."""
    for name, (ours, theirs) in pairs.items():
        difference = abs(ours - theirs) / max(abs(theirs), 1e-12)
        table.append((name, f"shift {shift}", "-", f"{ours:.9f}", f"{theirs:.9f}", f"{difference:.1e}"))
