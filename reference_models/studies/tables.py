"""The six tables of Viel's DCGAN study on 20,580 dogs at 64x64 (2020), as what each row changes.

The figures are the study's: one run each, FID of 10,000 samples. Its tables of feature matching, conditioning and the
auxiliary classifier compare with 55.5, which is the model *with* a schedule; so that is their baseline here too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from reference_models.config import TrainConfig
from reference_models.errors import ConfigError
from reference_models.presets import PRESETS
from reference_models.settings import from_flat

SCALES = ("tiny", "full")


@dataclass(frozen=True)
class Row:
    """One row of a table.

    Attributes:
        name: of the row, and of its folder.
        keys: what it changes in the study's baseline.
        published: the study's FID; None for rows of ours that it has not.
        seconds: the study's seconds an epoch, where it gives them.
    """

    name: str
    keys: Mapping[str, object]
    published: float | None
    seconds: float | None = None


@dataclass(frozen=True)
class TableStudy:
    """A table.

    Attributes:
        title: what it varies.
        base: keys of its baseline, on top of the scale's.
        rows: in the study's order.
        contrast: two rows whose losses are drawn beside each other; empty for none.
    """

    title: str
    base: Mapping[str, object]
    rows: tuple[Row, ...]
    contrast: tuple[str, ...] = ()


def rates(d: float, g: float, d_end: float | None = None, g_end: float | None = None) -> dict[str, object]:
    """Return the keys of constant learning rates, or of cosine schedules to end values."""
    keys: dict[str, object] = {"opt_d.lr": d, "opt_g.lr": g}
    if d_end is not None:
        keys |= {"opt_d.schedule": "cosine", "opt_g.schedule": "cosine", "opt_d.lr_end": d_end, "opt_g.lr_end": g_end}
    return keys


_CONSTANT = {"batch": 64, **rates(5e-4, 1e-3)}
_SCHEDULED = {"batch": 64, **rates(1e-3, 2e-3, 1e-5, 1e-5)}

STUDIES: Mapping[str, TableStudy] = MappingProxyType(
    {
        "lr-batch": TableStudy(
            "learning rates and batch",
            {},
            (
                Row("batch 128, D 2e-4, G 2e-4", {"batch": 128, **rates(2e-4, 2e-4)}, 67.9),
                Row("batch 64, D 1e-3, G 1e-3", {"batch": 64, **rates(1e-3, 1e-3)}, 60.2),
                Row("batch 64, D 5e-4, G 5e-4", {"batch": 64, **rates(5e-4, 5e-4)}, 66),
                Row("batch 64, D 5e-4, G 1e-3", {"batch": 64, **rates(5e-4, 1e-3)}, 56.5),
            ),
        ),
        "width-latent": TableStudy(
            "latent dimension d and width n",
            _CONSTANT,
            (
                Row("d 100, n 128", {"net.latent_dim": 100, "net.width": 128}, 56.5, 44),
                Row("d 256, n 128", {"net.latent_dim": 256, "net.width": 128}, 62.2, 44),
                Row("d 100, n 64", {"net.latent_dim": 100, "net.width": 64}, 78, 11),
            ),
        ),
        "schedule": TableStudy(
            "cosine schedules",
            {"batch": 64},
            (
                Row("constant D 5e-4, G 1e-3", rates(5e-4, 1e-3), 56.5),
                Row("D 5e-4 to 1e-5, G 1e-3 to 1e-5", rates(5e-4, 1e-3, 1e-5, 1e-5), 58),
                Row("D 1e-3 to 1e-5, G 2e-3 to 1e-5", rates(1e-3, 2e-3, 1e-5, 1e-5), 55.5),
                Row("D 1e-3 to 1e-4, G 2e-3 to 2e-4", rates(1e-3, 2e-3, 1e-4, 2e-4), 57.8),
                Row("D 2e-3 to 2e-5, G 4e-3 to 4e-5", rates(2e-3, 4e-3, 2e-5, 4e-5), 58.7),
            ),
            contrast=("constant D 5e-4, G 1e-3", "D 5e-4 to 1e-5, G 1e-3 to 1e-5"),
        ),
        "feature-matching": TableStudy(
            "feature matching",
            _SCHEDULED,
            (Row("without", {}, 55.5), Row("with", PRESETS["dcgan-fm"].keys, 55.9)),
        ),
        "conditioning": TableStudy(
            "conditioning",
            _SCHEDULED,
            (
                Row("none", {}, 55.5),
                Row("concat, 8 features", PRESETS["cgan-additive"].keys, 60.3),
                Row(
                    "projection, 1024 features",
                    {"net.condition": "concat", "net.head": "projection", "net.features": 1024},
                    62.8,
                ),
                Row("concat mid-network", PRESETS["cgan"].keys, None),
            ),
        ),
        "acgan": TableStudy(
            "auxiliary classifier", _SCHEDULED, (Row("without", {}, 55.5), Row("with", PRESETS["acgan"].keys, 57.9))
        ),
    }
)

_FULL: Mapping[str, object] = MappingProxyType({"net.size": 64, "net.width": 128, "epochs": 100, "eval.count": 10_000})
"""What all rows share on real data. The study does not say how many epochs it trained for."""
TINY: Mapping[str, object] = MappingProxyType(
    {"net.size": 16, "epochs": 20, "data.count": 4000, "eval.count": 500, "log_every": 4}
)
"""The same in a minute a run: an eighth of each width and of the projection's features, a small set of small images.
With half of these widths and steps no row gets far from its untrained distance."""
SHRUNK = 8


def row_config(
    study: TableStudy, row: Row, *, scale: str, source: str, seed: int, changes: Mapping[str, object]
) -> TrainConfig:
    """Return the configuration of a row.

    Args:
        study: the table.
        row: of it.
        scale: ``full``, as the study has it, or ``tiny``.
        source: of the data.
        seed: of the run.
        changes: keys that hold for every row, such as `epochs`.

    Raises:
        ConfigError: the scale or a key is unknown, or a change is of what the table varies.
    """
    if scale not in SCALES:
        raise ConfigError(f"--scale must be {' or '.join(SCALES)}; got {scale}")
    varied = sorted({key for each in study.rows for key in each.keys} & changes.keys())
    if varied:
        raise ConfigError(f"{', '.join(varied)} is what this study varies, so --set cannot fix it")
    keys = {"preset": "dcgan-64", **_FULL, **study.base, **row.keys}
    if scale == "tiny":
        keys |= TINY
        keys["net.width"] = _shrunk(keys["net.width"])
        if keys.get("net.head") == "projection":
            keys["net.features"] = _shrunk(keys["net.features"])
    keys |= {"data.source": source, "seed": seed, **changes}
    config = from_flat(keys)
    return from_flat({**keys, "eval.epochs": (0, config.epochs)})


def _shrunk(value: object) -> int:
    return int(str(value)) // SHRUNK
