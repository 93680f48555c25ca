"""Train the two generators of `reference_models/zoo`, narrow, on the procedural shapes: about ten minutes of one core.

An interrupted call goes on when it is given again, and what is finished is not trained again:

    python benchmarks/zoo.py --runs zoo-runs                # trains, and writes shapes-dcgan.safetensors and so on
"""

import argparse
from pathlib import Path

from reference_models import build_config, resume, train
from reference_models.training.checkpoint import LAST

KEYS: dict[str, object] = {
    "net.width": 24,
    "net.latent_dim": 64,
    "epochs": 32,
    "opt_g.lr": 1e-3,
    "opt_d.lr": 1e-3,
    "opt_g.schedule": "linear",
    "opt_d.schedule": "linear",
    "opt_g.lr_end": 1e-5,
    "opt_d.lr_end": 1e-5,
    "ema_decay": 0.998,
    "ema_start": 500,
    "eval.epochs": (0, 8, 16, 24, 32),
    "eval.count": 1000,
    "eval.real_count": 2000,
    "eval.extractor": "efficientnet-lite0",
}
MODELS = {"shapes-dcgan": "dcgan", "shapes-cgan": "cgan-projection"}
"""Name in the zoo to preset."""
ZOO = Path(__file__).parents[1] / "reference_models" / "zoo"


def main() -> None:
    """Train what is not finished."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=Path, default=Path("zoo-runs"), help="folder of the two runs")
    options = parser.parse_args()
    for name, preset in MODELS.items():
        run = options.runs / name
        if (run / LAST).exists():
            print(resume(run, device="cpu"))
        else:
            print(train(build_config(preset, KEYS), run, device="cpu"))


if __name__ == "__main__":
    main()
