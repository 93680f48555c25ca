"""The peers, each as pool3 features and a distance, with one state dict in all of them.

Two cannot run here: StyleGAN's detector and ADM's graph are files of weights that cannot hold another network's. They
are written from what their sources document, around an independent network.
"""

import tempfile
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import torch
from PIL import Image

from tests.features.inception_oracle import build_oracle, oracle_outputs
from tests.oracles import frechet_by_eigvals
from tests.resize_oracles import resampled_on_a_grid, tf1_bilinear_by_matrix


class PytorchFid:
    """pytorch-fid: half-pixel bilinear on [0, 1], then 2x - 1; SciPy's square root of the covariances' product."""

    protocol = "pytorch-fid"
    packages = ("pytorch_fid",)

    def __init__(self, path, monkeypatch):
        inception = import_module("pytorch_fid.inception")
        self.score = import_module("pytorch_fid.fid_score")
        # The library has no option for local weights.
        monkeypatch.setattr(inception, "load_state_dict_from_url", lambda *_, **__: torch.load(path, weights_only=True))
        self.network = inception.InceptionV3([inception.InceptionV3.BLOCK_INDEX_BY_DIM[2048]]).eval()

    def pool3(self, images):
        with torch.no_grad():
            return self.network(images / 255)[0].flatten(1)

    def distance(self, real, fake):
        moments = [(x.mean(0), np.cov(x, rowvar=False)) for x in (real.double().numpy(), fake.double().numpy())]
        return self.score.calculate_frechet_distance(*moments[0], *moments[1])


class TorchFidelity:
    """torch-fidelity: TensorFlow 1's resize; eigenvalues of the covariances' product."""

    protocol = "torch-fidelity"
    packages = ("torch_fidelity",)

    def __init__(self, path, monkeypatch):
        del monkeypatch
        module = import_module("torch_fidelity.feature_extractor_inceptionv3")
        self.metric = import_module("torch_fidelity.metric_fid")
        self.network = module.FeatureExtractorInceptionV3(
            "inception-v3-compat", ["2048", "logits_unbiased"], feature_extractor_weights_path=str(path)
        )

    def pool3(self, images):
        with torch.no_grad():
            return self.network(images)[0]

    def distance(self, real, fake):
        statistics = [self.metric.fid_features_to_statistics(features) for features in (real, fake)]
        result = self.metric.fid_statistics_to_metric(*statistics, verbose=False)
        return result["frechet_inception_distance"]


class GivenFeatures(torch.nn.Identity):
    """A network for torchmetrics whose images are features already, so that the true network runs once."""

    num_features = 2048


class Torchmetrics:
    """torchmetrics since 1.8: antialiased bilinear; torch-fidelity's network, streaming sums in float64."""

    protocol = "torchmetrics"
    packages = ("torchmetrics", "torch_fidelity")
    antialias = True

    def __init__(self, path, monkeypatch):
        del monkeypatch
        self.module = import_module("torchmetrics.image.fid")
        self.metric = self.module.FrechetInceptionDistance(
            feature=2048, antialias=self.antialias, feature_extractor_weights_path=str(path)
        )

    def pool3(self, images):
        with torch.no_grad():
            return self.metric.inception(images)

    def distance(self, real, fake):
        metric = self.module.FrechetInceptionDistance(feature=GivenFeatures())
        metric.update(real, real=True)
        metric.update(fake, real=False)
        return float(metric.compute())


class TorchmetricsWithoutAntialias(Torchmetrics):
    """torchmetrics with antialias=False, which brings back TensorFlow 1's resize."""

    protocol = "ttur"
    antialias = False


class CleanFid:
    """clean-fid: its reading and resizing of files, its scaling, its port of the network, its distance.

    Its mode "clean" runs a TorchScript file of NVIDIA's, which holds one set of weights only. In its place stands the
    package's own PyTorch network without the scaling of its own; the package's wrapper scales, as for the file.
    """

    protocol = "clean-fid"
    packages = ("cleanfid",)

    def __init__(self, path, monkeypatch):
        port = import_module("cleanfid.inception_pytorch")
        wrapper = import_module("cleanfid.inception_torchscript")
        self.fid = import_module("cleanfid.fid")
        monkeypatch.setattr(port, "load_state_dict_from_url", lambda *_, **__: torch.load(path, weights_only=True))
        network = port.InceptionV3([3], resize_input=False, normalize_input=False).eval()
        layers = torch.nn.Module()
        layers.forward = lambda x: network(x)[0]
        stand_in = SimpleNamespace(eval=lambda: SimpleNamespace(layers=layers))
        monkeypatch.setattr(torch.jit, "load", lambda _: stand_in)
        self.model = wrapper.InceptionV3W(".", download=False, resize_inside=False)

    def pool3(self, images):
        with tempfile.TemporaryDirectory() as folder:
            files = [str(Path(folder) / f"{number:05d}.png") for number in range(len(images))]
            for file, image in zip(files, images, strict=True):
                Image.fromarray(image.permute(1, 2, 0).numpy()).save(file)
            options = {"num_workers": 0, "device": torch.device("cpu"), "mode": "clean", "verbose": False}
            return torch.from_numpy(self.fid.get_files_features(files, model=self.model, **options))

    def distance(self, real, fake):
        moments = [(x.mean(0), np.cov(x, rowvar=False)) for x in (real.double().numpy(), fake.double().numpy())]
        return self.fid.frechet_distance(*moments[0], *moments[1])


class StyleganOracle:
    """StyleGAN's documented detector: a grid of pixel centres, (x - 128)/128; raw sums, divided by n."""

    protocol = "stylegan"
    packages = ()
    ddof = 0

    def __init__(self, path, monkeypatch):
        del monkeypatch
        state = torch.load(path, weights_only=True)
        counts = {f"{name.removesuffix('running_mean')}num_batches_tracked" for name in state if "running_mean" in name}
        self.network = build_oracle(state | {name: torch.tensor(0) for name in counts}).float()

    def resized(self, image):
        return resampled_on_a_grid(image, (299, 299))

    def pool3(self, images):
        pixels = [self.resized(image.permute(1, 2, 0).numpy()) for image in images]
        batch = (torch.from_numpy(np.stack(pixels)).float() - 128) / 128
        return oracle_outputs(self.network, batch)[0]

    def distance(self, real, fake):
        sides = (real.double().numpy(), fake.double().numpy())
        moments = [(x.mean(0), np.cov(x, rowvar=False, ddof=self.ddof)) for x in sides]
        return frechet_by_eigvals(*moments[0], *moments[1])


class AdmOracle(StyleganOracle):
    """ADM's documented evaluator: the original graph with its resize, np.cov."""

    protocol = "adm"
    ddof = 1

    def resized(self, image):
        return tf1_bilinear_by_matrix(image, (299, 299))


PEERS = {
    "pytorch-fid": PytorchFid,
    "torch-fidelity": TorchFidelity,
    "clean-fid": CleanFid,
    "torchmetrics": Torchmetrics,
    "torchmetrics, antialias=False": TorchmetricsWithoutAntialias,
    "stylegan (oracle)": StyleganOracle,
    "adm (oracle)": AdmOracle,
}
