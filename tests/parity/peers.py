"""The installed peers, each as pool3 features and a distance, with one state dict in all of them."""

from importlib import import_module

import numpy as np
import torch


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
    """torchmetrics without antialiasing: torch-fidelity's network, streaming sums in float64."""

    protocol = "ttur"
    packages = ("torchmetrics", "torch_fidelity")

    def __init__(self, path, monkeypatch):
        del monkeypatch
        self.module = import_module("torchmetrics.image.fid")
        self.metric = self.module.FrechetInceptionDistance(
            feature=2048, antialias=False, feature_extractor_weights_path=str(path)
        )

    def pool3(self, images):
        with torch.no_grad():
            return self.metric.inception(images)

    def distance(self, real, fake):
        metric = self.module.FrechetInceptionDistance(feature=GivenFeatures())
        metric.update(real, real=True)
        metric.update(fake, real=False)
        return float(metric.compute())


PEERS = {"pytorch-fid": PytorchFid, "torch-fidelity": TorchFidelity, "torchmetrics": Torchmetrics}
