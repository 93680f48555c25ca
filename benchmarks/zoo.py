"""Train the two generators of `reference_models/zoo`, narrow, on the procedural shapes: about ten minutes of one core.

An interrupted call goes on when it is given again, and what is finished is not trained again:

    python benchmarks/zoo.py --runs zoo-runs                # trains, and writes shapes-dcgan.safetensors and so on
"""

import argparse
from pathlib import Path

from reference_models import build_config, resume, train
from reference_models.export.model import export_model
from reference_models.training.checkpoint import LAST

KEYS: dict[str, object] = {
    "net.width": 16,
    "net.latent_dim": 64,
    "epochs": 16,
    "opt_g.lr": 1e-3,
    "opt_d.lr": 1e-3,
    "opt_g.schedule": "linear",
    "opt_d.schedule": "linear",
    "opt_g.lr_end": 1e-5,
    "opt_d.lr_end": 1e-5,
    "ema_decay": 0.995,
    "ema_start": 500,
    "eval.epochs": (),
}
"""Two thousand steps; with rates that fall to nothing and averaged weights the last epoch is the one to keep."""
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
        print(
            resume(run, device="cpu") if (run / LAST).exists() else train(build_config(preset, KEYS), run, device="cpu")
        )
        file = ZOO / f"{name}.safetensors"
        file.unlink(missing_ok=True)
        print(export_model(run, file, origin="python benchmarks/zoo.py"))


if __name__ == "__main__":
    main()
