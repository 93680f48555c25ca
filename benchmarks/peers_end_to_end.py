"""One peer, one distance between two folders, in a process of its own; `end_to_end.py` starts and measures it.

Every peer gets the same state dict, by its own option where it has one. With --stored the real side comes from the
statistics that the peer keeps (pytorch-fid, torch-fidelity) or that a user would keep for it (clean-fid: mean and
covariance); --store writes them. torchmetrics keeps none between runs.
"""

import argparse
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import torch
from PIL import Image

BATCH = 32
WORKERS = 2


def pytorch_fid(options: argparse.Namespace) -> float:
    """Call what its command calls."""
    inception, score = import_module("pytorch_fid.inception"), import_module("pytorch_fid.fid_score")
    inception.load_state_dict_from_url = lambda *_, **__: torch.load(options.weights, weights_only=True)
    stored = str(options.stored / "pytorch-fid.npz")
    if options.store:
        score.save_fid_stats([str(options.real), stored], BATCH, "cpu", 2048, WORKERS)
        return 0.0
    real = stored if options.use_stored else str(options.real)
    return float(score.calculate_fid_given_paths([real, str(options.fake)], BATCH, "cpu", 2048, WORKERS))


def torch_fidelity(options: argparse.Namespace) -> float:
    """Call `calculate_metrics`, with its cache for the real side where it may have one."""
    package = import_module("torch_fidelity")
    cached = options.store or options.use_stored
    keep = (
        {"cache": True, "cache_root": str(options.stored), "input2_cache_name": "real"} if cached else {"cache": False}
    )
    found = package.calculate_metrics(
        input1=str(options.fake),
        input2=str(options.real),
        fid=True,
        cuda=False,
        verbose=False,
        batch_size=BATCH,
        feature_extractor_weights_path=str(options.weights),
        **keep,
    )
    return float(found["frechet_inception_distance"])


def clean_fid(options: argparse.Namespace) -> float:
    """Use its reading, resizing and distance, with its own PyTorch network in the place of its TorchScript file."""
    port, wrapper = import_module("cleanfid.inception_pytorch"), import_module("cleanfid.inception_torchscript")
    fid = import_module("cleanfid.fid")
    port.load_state_dict_from_url = lambda *_, **__: torch.load(options.weights, weights_only=True)
    network = port.InceptionV3([3], resize_input=False, normalize_input=False).eval()
    layers = torch.nn.Module()
    layers.forward = lambda x: network(x)[0]
    torch.jit.load = lambda _: SimpleNamespace(eval=lambda: SimpleNamespace(layers=layers))
    model = wrapper.InceptionV3W(".", download=False, resize_inside=False)

    def statistics(folder: Path) -> tuple[np.ndarray, np.ndarray]:
        features = fid.get_folder_features(
            str(folder), model, num_workers=WORKERS, batch_size=BATCH, device=torch.device("cpu"), verbose=False
        )
        return features.mean(axis=0), np.cov(features, rowvar=False)

    stored = options.stored / "clean-fid.npz"
    if options.store:
        mean, covariance = statistics(options.real)
        np.savez(stored, mean=mean, covariance=covariance)
        return 0.0
    if options.use_stored:
        with np.load(stored) as kept:
            real = kept["mean"], kept["covariance"]
    else:
        real = statistics(options.real)
    return float(fid.frechet_distance(*real, *statistics(options.fake)))


class Folder(torch.utils.data.Dataset):
    """The images of a folder as its users feed them to torchmetrics."""

    def __init__(self, folder: Path) -> None:
        self.files = sorted(folder.iterdir())

    def __len__(self) -> int:
        return len(self.files)

    def __getitem__(self, index: int) -> torch.Tensor:
        """Return uint8 [3, h, w]."""
        return torch.from_numpy(np.asarray(Image.open(self.files[index]).convert("RGB")).copy()).permute(2, 0, 1)


def torchmetrics(options: argparse.Namespace) -> float:
    """Update the metric from data loaders over both folders."""
    module = import_module("torchmetrics.image.fid")
    metric = module.FrechetInceptionDistance(feature=2048, feature_extractor_weights_path=str(options.weights))
    with torch.inference_mode():
        for folder, is_real in ((options.real, True), (options.fake, False)):
            for batch in torch.utils.data.DataLoader(Folder(folder), batch_size=BATCH, num_workers=WORKERS):
                metric.update(batch, real=is_real)
        return float(metric.compute())


PEERS = {
    "pytorch-fid": pytorch_fid,
    "torch-fidelity": torch_fidelity,
    "clean-fid": clean_fid,
    "torchmetrics": torchmetrics,
}


def main() -> None:
    """Print the distance."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("peer", choices=list(PEERS))
    parser.add_argument("real", type=Path)
    parser.add_argument("fake", type=Path)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--stored", type=Path, required=True, help="a folder for statistics of the real side")
    parser.add_argument("--store", action="store_true")
    parser.add_argument("--use-stored", action="store_true")
    options = parser.parse_args()
    print(f"value {PEERS[options.peer](options)!r}")


if __name__ == "__main__":
    main()
