"""The drop-ins of `ganmetrics.compat` against the installed peers, called alike, on one state dict: `make parity`."""

import contextlib
import os
import sys

import numpy as np
import pytest
import torch
from PIL import Image

from ganmetrics.compat import adm, torch_fidelity
from ganmetrics.compat.cleanfid import fid as cleanfid_shim
from ganmetrics.compat.pytorch_fid import fid_score
from ganmetrics.compat.pytorch_fid.__main__ import command as pytorch_fid_command
from tests.features.inception_oracle import he_weights, oracle_outputs
from tests.oracles import frechet_by_eigvals
from tests.parity.peers import PEERS, AdmOracle, CleanFid, GivenFeatures
from tests.parity.test_peers import random_images

pytestmark = [pytest.mark.parity, pytest.mark.filterwarnings("ignore")]  # the peers' warnings are not ours to fix

COUNT = 12
SIZE = (48, 40)
ROWS = pytest.StashKey[list]()


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """One state dict for every library."""
    source = os.environ.get("GANMETRICS_PARITY_WEIGHTS")
    state = torch.load(source, weights_only=True) if source else he_weights(seed=0)
    path = tmp_path_factory.mktemp("weights") / "shared.pth"
    torch.save({name: value for name, value in state.items() if not name.endswith("num_batches_tracked")}, path)
    return path


@pytest.fixture(autouse=True)
def ours_find_the_weights(weights, monkeypatch):
    """As a user without a network would."""
    monkeypatch.setenv("GANMETRICS_WEIGHTS", str(weights))


@pytest.fixture(scope="module")
def sets():
    """Generated images and real ones, uint8 [n, 3, h, w]."""
    fake, real = (random_images(SIZE, seed=seed, coarseness=coarse)[:COUNT] for seed, coarse in ((0, 24), (1, 12)))
    return fake, real


@pytest.fixture(scope="module")
def folders(sets, tmp_path_factory):
    """The same as files."""
    made = []
    for name, images in zip(("fake", "real"), sets, strict=True):
        folder = tmp_path_factory.mktemp(name)
        for number, image in enumerate(images):
            Image.fromarray(image.permute(1, 2, 0).numpy()).save(folder / f"{number:03d}.png")
        made.append(str(folder))
    return made


@pytest.fixture(scope="module")
def rows(pytestconfig):
    """Rows of the table of drop-ins."""
    return pytestconfig.stash.setdefault(ROWS, [])


@pytest.fixture(scope="module", autouse=True)
def printed(rows, pytestconfig):
    """Print the table after the last test."""
    yield
    terminal = pytestconfig.pluginmanager.getplugin("terminalreporter")
    terminal.write_line("")
    for row in (("call", "ours", "theirs", "relative difference"), ("---",) * 4, *rows):
        terminal.write_line(f"| {' | '.join(row)} |")


@pytest.fixture
def agree(rows):
    """Compare two numbers, and keep the row."""

    def compare(call, ours, theirs, rel=1e-4, absolute=0.0):
        ours, theirs = float(ours), float(theirs)
        difference = abs(ours - theirs) / max(abs(theirs), 1e-12)
        rows.append((call, f"{ours:.7g}", f"{theirs:.7g}", f"{difference:.1e}"))
        assert difference < rel or abs(ours - theirs) < absolute

    return compare


def test_pytorch_fid(weights, folders, agree, monkeypatch, tmp_path, capsys):  # noqa: PLR0917
    """Its function, its line, and files of statistics that each reads of the other."""
    peer = pytest.importorskip("pytorch_fid.fid_score")
    inception = pytest.importorskip("pytorch_fid.inception")
    monkeypatch.setattr(inception, "load_state_dict_from_url", lambda *_, **__: torch.load(weights, weights_only=True))
    theirs = peer.calculate_fid_given_paths(folders, 8, "cpu", 2048, 0)
    agree(
        "pytorch_fid.calculate_fid_given_paths", fid_score.calculate_fid_given_paths(folders, 8, "cpu", 2048, 0), theirs
    )
    peer.save_fid_stats([folders[0], str(tmp_path / "theirs.npz")], 8, "cpu", 2048, 0)
    fid_score.save_fid_stats([folders[0], str(tmp_path / "ours.npz")], 8, "cpu", 2048, 0)
    mixed = fid_score.calculate_fid_given_paths([tmp_path / "theirs.npz", folders[1]], 8, "cpu", 2048, 0)
    agree("pytorch_fid, their file in ours", mixed, theirs)
    mixed = peer.calculate_fid_given_paths([str(tmp_path / "ours.npz"), folders[1]], 8, "cpu", 2048, 0)
    agree("pytorch_fid, our file in theirs", theirs, mixed)
    statistics = [np.load(tmp_path / f"{name}.npz") for name in ("ours", "theirs")]
    for name in ("mu", "sigma"):
        np.testing.assert_allclose(statistics[0][name], statistics[1][name], rtol=1e-3, atol=1e-5)
    capsys.readouterr()
    monkeypatch.setattr(sys, "argv", ["pytorch_fid", *folders, "--device", "cpu", "--num-workers", "0"])
    peer.main()
    their_line = capsys.readouterr().out
    with contextlib.suppress(SystemExit):
        pytorch_fid_command(sys.argv[1:])
    our_line = capsys.readouterr().out
    lines = [line.splitlines()[-1].split(" ") for line in (our_line, their_line)]
    assert lines[0][:2] == lines[1][:2] == ["FID:", ""]
    assert len(lines[0]) == len(lines[1]) == 3
    agree("python -m pytorch_fid", lines[0][2], lines[1][2])


@pytest.mark.parametrize("as_files", [True, False])
def test_torch_fidelity(weights, folders, sets, agree, as_files):
    """One call with all metrics: the same keys in the same order, the same numbers."""
    peer = pytest.importorskip("torch_fidelity")

    class Images(torch.utils.data.Dataset):
        def __init__(self, images):
            self.images = images

        def __len__(self):
            return len(self.images)

        def __getitem__(self, index):
            return self.images[index]

    sides = folders if as_files else [Images(side) for side in sets]
    options = {
        "input1": sides[0],
        "input2": sides[1],
        "isc": True,
        "fid": True,
        "kid": True,
        "prc": True,
        "isc_splits": 2,
        "kid_subsets": 10,
        "kid_subset_size": 8,
        "feature_extractor": "inception-v3-compat",
        "feature_extractor_weights_path": str(weights),
        "batch_size": 8,
        "cuda": False,
        "verbose": False,
        "cache": False,
    }
    theirs = peer.calculate_metrics(**options)
    ours = torch_fidelity.calculate_metrics(**options)
    assert list(ours) == list(theirs)
    for key, value in theirs.items():
        # Its kernels are sums of float32 numbers near 1 that cancel.
        agree(f"torch_fidelity, {key}{'' if as_files else ', data sets'}", ours[key], value, rel=1e-3)


@pytest.mark.parametrize("mode", ["clean", "legacy_pytorch"])
def test_clean_fid(weights, folders, agree, monkeypatch, mode):
    """Both metrics of two folders, and the distance of a generator; see `CleanFid` for the network of mode clean."""
    pytest.importorskip("cleanfid", exc_type=ImportError)
    stand_in = CleanFid(weights, monkeypatch)
    peer = stand_in.fid
    if mode == "clean":
        monkeypatch.setattr(peer, "build_feature_extractor", lambda *_, **__: stand_in.model)
    options = {"mode": mode, "num_workers": 0, "batch_size": 8, "device": torch.device("cpu"), "verbose": False}
    theirs = peer.compute_fid(*folders, **options, use_dataparallel=False)
    agree(f"cleanfid.fid.compute_fid, {mode}", cleanfid_shim.compute_fid(*folders, **options), theirs)
    np.random.seed(0)  # noqa: NPY002 - the generator that it draws from
    theirs = peer.compute_kid(*folders, **options, use_dataparallel=False)
    agree(f"cleanfid.fid.compute_kid, {mode}", cleanfid_shim.compute_kid(*folders, **options), theirs, rel=1e-3)

    def gen(latents):
        return (latents.view(-1, 3, 40, 40).sigmoid() * 255).to(torch.uint8)

    def seeded(latents):
        # It draws from the global generator, of which its loader of files has drawn before; ours draws from seed 0.
        return gen(torch.randn(latents.shape, generator=torch.Generator().manual_seed(0)))

    options |= {"gen": gen, "fdir2": folders[1], "num_gen": 6, "z_dim": 4800}
    theirs = peer.compute_fid(**options | {"gen": seeded}, use_dataparallel=False)
    agree(f"cleanfid.fid.compute_fid of a generator, {mode}", cleanfid_shim.compute_fid(**options), theirs)


def test_adm(weights, sets, agree, monkeypatch, tmp_path):
    """Against what its evaluator documents, around an independent network: TensorFlow's graph cannot be had."""
    oracle = AdmOracle(weights, monkeypatch)
    paths, outputs = [], []
    for name, images in zip(("samples", "ref"), sets, strict=True):
        np.savez(tmp_path / f"{name}.npz", arr_0=images.permute(0, 2, 3, 1).numpy())
        paths.append(tmp_path / f"{name}.npz")
        pixels = np.stack([oracle.resized(image.permute(1, 2, 0).numpy()) for image in images])
        parts = [
            oracle_outputs(oracle.network, part) for part in ((torch.from_numpy(pixels).float() - 128) / 128).split(8)
        ]
        outputs.append([torch.cat(columns).double().numpy() for columns in zip(*parts, strict=True)])
    scores = adm.compute_scores(paths[1], paths[0])
    (fake, logits, fake_spatial), (real, _, real_spatial) = outputs

    def moments(x):
        return x.mean(axis=0), np.cov(x, rowvar=False)

    chances = np.exp(logits - logits.max(axis=1, keepdims=True))
    chances /= chances.sum(axis=1, keepdims=True)
    entropy = (chances * (np.log(chances) - np.log(chances.mean(axis=0)))).sum(axis=1).mean()
    agree("adm, Inception Score (oracle)", scores["Inception Score"], np.exp(entropy))
    agree("adm, FID (oracle)", scores["FID"], frechet_by_eigvals(*moments(real), *moments(fake)))
    theirs = frechet_by_eigvals(*moments(real_spatial), *moments(fake_spatial))
    agree("adm, sFID (oracle)", scores["sFID"], theirs)
    between = np.linalg.norm(fake[:, None] - real[None], axis=2)
    for name, own, others in (("Precision", real, between), ("Recall", fake, between.T)):
        within = np.sort(np.linalg.norm(own[:, None] - own[None], axis=2), axis=1)[:, 3]
        agree(f"adm, {name} (oracle)", scores[name], (others <= within).any(axis=1).mean())


@pytest.mark.parametrize("normalize", [False, True])
def test_torchmetrics(weights, sets, agree, monkeypatch, normalize):
    """The four metrics; those that take no path of weights are given it by their network."""
    pytest.importorskip("torchmetrics")
    pytest.importorskip("torch_fidelity")
    import torchmetrics.image.fid
    import torchmetrics.image.inception
    import torchmetrics.image.kid
    import torchmetrics.image.mifid

    from ganmetrics.compat import torchmetrics as shim

    network = torchmetrics.image.fid.NoTrainInceptionV3
    for module in (torchmetrics.image.inception, torchmetrics.image.kid, torchmetrics.image.mifid):
        monkeypatch.setattr(
            module, "NoTrainInceptionV3", lambda name, features_list: network(name, features_list, str(weights))
        )
    # Levels k/255 come back as k - 1 where they are truncated; half a level more, and they agree.
    given = [(side.float() + 0.5).clamp(max=255) / 255 if normalize else side for side in sets]
    exact = [side.float() / 255 if normalize else side for side in sets]
    calls = {
        "FrechetInceptionDistance": (torchmetrics.image.fid, {}),
        "KernelInceptionDistance": (torchmetrics.image.kid, {"subsets": 10, "subset_size": 8}),
        "MemorizationInformedFrechetInceptionDistance": (torchmetrics.image.mifid, {"cosine_distance_eps": 0.9}),
    }
    label = ", normalize" if normalize else ""
    for name, (module, options) in calls.items():
        first = {"feature_extractor_weights_path": str(weights)} if name.startswith("Frechet") else {}
        theirs = getattr(module, name)(**options, **first, normalize=normalize)
        ours = getattr(shim, name)(**options, feature_extractor_weights_path=weights, normalize=normalize)
        for metric, (fake, real) in ((theirs, given), (ours, exact)):
            for images, is_real in ((real, True), (fake, False)):
                for part in images.split(8):
                    metric.update(part, real=is_real)
        torch.manual_seed(0)
        found, truth = ours.compute(), theirs.compute()
        found, truth = (part if isinstance(part, tuple) else (part,) for part in (found, truth))
        for place, pair in enumerate(zip(found, truth, strict=True)):
            agree(f"torchmetrics.{name}{' std' * place}{label}", *pair, rel=1e-3)
    theirs, ours = (
        torchmetrics.image.inception.InceptionScore(splits=2, normalize=normalize),
        shim.InceptionScore(splits=2, feature_extractor_weights_path=weights, normalize=normalize),
    )
    for metric, (fake, _) in ((theirs, given), (ours, exact)):
        for part in fake.split(8):
            metric.update(part)
    torch.manual_seed(0)
    for place, pair in enumerate(zip(ours.compute(), theirs.compute(), strict=True)):
        # Of a random head all scores are near 1, and in float32 their deviation is rounding.
        agree(f"torchmetrics.InceptionScore{' std' * place}{label}", *pair, rel=1e-3, absolute=1e-6)


def test_torchmetrics_without_antialias(weights, sets, agree):
    """The resize that it had before 1.8."""
    peer = pytest.importorskip("torchmetrics.image.fid")
    pytest.importorskip("torch_fidelity")
    from ganmetrics.compat.torchmetrics import FrechetInceptionDistance

    metrics = [
        cls(antialias=False, feature_extractor_weights_path=str(weights))
        for cls in (FrechetInceptionDistance, peer.FrechetInceptionDistance)
    ]
    for metric in metrics:
        metric.update(sets[1], real=True)
        metric.update(sets[0], real=False)
    agree("torchmetrics.FrechetInceptionDistance, antialias=False", *(metric.compute() for metric in metrics))


def test_torchmetrics_on_given_features(agree):
    """The four metrics in batches, without a network; theirs are computed in float32."""
    pytest.importorskip("torchmetrics")
    import torchmetrics.image.fid
    import torchmetrics.image.inception
    import torchmetrics.image.kid
    import torchmetrics.image.mifid

    from ganmetrics.compat import torchmetrics as shim

    class Given(torch.nn.Identity):
        num_features = 64

    rng = torch.Generator().manual_seed(0)
    real, fake = torch.randn(400, 64, generator=rng).exp(), (1.1 * torch.randn(300, 64, generator=rng)).exp()
    calls = (
        (torchmetrics.image.fid, "FrechetInceptionDistance", {}),
        (torchmetrics.image.kid, "KernelInceptionDistance", {"subsets": 20, "subset_size": 100}),
        (torchmetrics.image.mifid, "MemorizationInformedFrechetInceptionDistance", {"cosine_distance_eps": 0.9}),
        (torchmetrics.image.mifid, "MemorizationInformedFrechetInceptionDistance", {"cosine_distance_eps": 1e-3}),
        (torchmetrics.image.inception, "InceptionScore", {"splits": 5}),
    )
    for module, name, options in calls:
        pair = [getattr(one, name)(Given(), **options) for one in (shim, module)]
        for metric in pair:
            if name != "InceptionScore":
                for part in real.split(64):
                    metric.update(part, real=True)
            for part in fake.split(64):
                metric.update(part, **({} if name == "InceptionScore" else {"real": False}))
        torch.manual_seed(0)
        found = [value if isinstance(value, tuple) else (value,) for value in (metric.compute() for metric in pair)]
        for place, numbers in enumerate(zip(*found, strict=True)):
            agree(f"torchmetrics.{name}{' std' * place}, given features", *numbers, rel=1e-3)


def test_ignite(agree):
    """On given features: its default network is another."""
    peer = pytest.importorskip("ignite.metrics")
    from ganmetrics.compat import ignite as shim

    rng = torch.Generator().manual_seed(0)
    real, fake = torch.randn(2, 300, 64, generator=rng, dtype=torch.float64)
    metrics = [module.FID(64, GivenFeatures()) for module in (shim, peer)]
    for metric in metrics:
        metric.update((fake, real))
    agree("ignite.FID", *(metric.compute() for metric in metrics))
    scores = [module.InceptionScore(64, GivenFeatures()) for module in (shim, peer)]
    for metric in scores:
        metric.update(fake.softmax(dim=1))
    agree("ignite.InceptionScore", *(metric.compute() for metric in scores))


def test_there_is_a_peer_for_every_shim():
    """A control: the names of the packages are those of `PEERS`, so that none is skipped for a misspelt one."""
    assert {"pytorch_fid", "torch_fidelity", "cleanfid", "torchmetrics"} <= {
        package for peer in PEERS.values() for package in peer.packages
    }
