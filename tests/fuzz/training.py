"""Cases of the reference models: checkpoints, configurations, records of runs, real images and command lines."""

import os
import pickle
import random
import shutil
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path

import click
import numpy as np
import tomli_w
import torch
from click.testing import CliRunner
from PIL import Image

from ganmetrics import InputError
from ganmetrics.testing import ChannelMeans
from reference_models.analyses import pictures
from reference_models.cli import command
from reference_models.comparison.compare import compare_runs
from reference_models.comparison.curves import read_curves
from reference_models.comparison.pictures import samples
from reference_models.comparison.report import markdown
from reference_models.config import DataConfig
from reference_models.data.load import load_images
from reference_models.errors import CheckpointError
from reference_models.export.model import export_model
from reference_models.export.sample import write_samples
from reference_models.networks.build import build_outlines
from reference_models.presets import build_config
from reference_models.recording.records import EVENTS, SCORES, Records
from reference_models.report.page import report_runs
from reference_models.settings import from_flat, read_toml, to_toml
from reference_models.training import start
from reference_models.training.checkpoint import LAST, read_checkpoint
from reference_models.training.stored import Unfit, check_progress
from reference_models.training.trainer import Trainer
from tests.fuzz import mutate, odd
from tests.fuzz.driver import Case
from tests.fuzz.files import PIXELS, changed, encoded, npz, npz_file, of_files, torch_files
from tests.fuzz.shell import FINE, WORDS

KEYS = {"net.size": 8, "net.width": 4, "net.latent_dim": 8, "data.count": 20, "batch": 10, "epochs": 1}
KEYS |= {"ema_decay": 0.5, "eval.epochs": (0, 1), "eval.count": 20}
PIECES = ("[[[[", "[" * 3000, "{" * 3000, "1" * 5000, "0x" + "f" * 5000, "nan", "-inf", "1e400", '"""', "'\\u0000'")
PIECES += ("\x00", "\udcff", "=", "\n[net]\n", "\nnet = 3\n", "a." * 500, "\x1b[2J", "true", "[[1], 2]", "{}", "9" * 18)


def trained(folder: Path) -> Path:
    """Return the folder of a tiny conditional model, trained for an epoch, beside a kind's; nobody may change it."""
    place = folder.parent / "trained"
    if not place.exists():
        start.train(build_config("acgan", KEYS), place, extractor=ChannelMeans(), device="cpu")
    return place


def _checkpoints(folder: Path) -> Case:
    content = torch.load(trained(folder) / LAST, weights_only=True)
    portable = export_model(trained(folder), folder / "x.safetensors").read_bytes()
    data = load_images(build_config("acgan", {"data.count": 20}).data, size=8)

    def use(path: Path) -> None:
        checkpoint = read_checkpoint(path)
        write_samples(path, path.with_name("samples.npz"), count=2)
        checkpoint.discriminator()(torch.zeros(1, 3, 8, 8))
        if path.suffix == ".safetensors":
            return
        trainer = Trainer(checkpoint.config, data)
        try:
            check_progress(checkpoint.progress, checkpoint.fixed, checkpoint.config.net)
            trainer.load_state(checkpoint.trainer)
        except Unfit as error:
            raise CheckpointError(str(error)) from None
        trainer.step()

    return of_files([*torch_files(content), ("x.safetensors", changed(portable))], use)(folder)


def _configurations(folder: Path) -> Case:
    texts = [to_toml(build_config(name, {"data.source": "shapes"})) for name in ("dcgan", "wgan-gp-acgan", "r3gan")]

    def lines(rng: random.Random) -> bytes:
        rows = rng.choice(texts).splitlines()
        for _ in range(rng.choice((1, 1, 2))):
            place = rng.randrange(len(rows))
            key, equals, _ = rows[place].partition(" = ")
            piece = rng.choice(PIECES)
            rows[place] = rng.choice((key + equals + piece, piece + rows[place], rows[place] + piece, ""))
        return "\n".join(rows).encode("utf-8", "surrogateescape")

    def trees(rng: random.Random) -> bytes:
        try:
            tree = odd.changed_tree(rng, tomllib.loads(rng.choice(texts)), odd.plain)
            return tomli_w.dumps(tree).encode()  # type: ignore[arg-type]
        except Exception:  # what cannot be written so is no file that anybody has
            return lines(rng)

    def read(path: Path) -> None:
        config = from_flat(read_toml(path)).with_classes(10)
        if config.net.width < 1000:
            build_outlines(config.net)

    makers = [("x.toml", lines), ("x.toml", trees), ("x.toml", changed(texts[0].encode()))]
    return of_files(makers, read)(folder)


def _runs(folder: Path) -> Case:
    """Prepare a run's folder: one of its files is changed before it is reported, compared and gone on with."""
    place, whole = folder / "case", trained(folder)

    def case(rng: random.Random) -> None:
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(whole, place / "run")
        files = sorted(
            path for path in (place / "run").rglob("*") if path.suffix in (".csv", ".jsonl", ".toml", ".png")
        )
        path = rng.choice((place / "run" / SCORES, place / "run" / EVENTS, *files))
        path.write_bytes(_record(rng, path))
        match rng.randrange(20):
            case 0 if rng.random() < 0.2:  # its curves take as long as a hundred cases
                compare_runs([place / "run"], place / "out", epochs=(0, 1))
            case 1 | 2 | 3 | 4:
                report_runs([place / "run"]).to_html()
            case 5 | 6 | 7:
                Records(place / "run").rewind(step=2, scored=(0, 1))
            case _:
                curves = read_curves([place / "run"])
                markdown(curves)
                samples(curves, size=8)

    return case


def _record(rng: random.Random, path: Path) -> bytes:
    """Return a file of a run with bytes changed, or with one of its fields another value."""
    data = path.read_bytes()
    if path.suffix not in (".csv", ".jsonl") or rng.random() < 0.4:
        return mutate.changed_bytes(rng, data)
    separator = b"," if path.suffix == ".csv" else b":"
    parts = data.split(separator)
    words = (b"", b"nan", b"-inf", b"1e999", b"x", b"9" * 5000, b"-1", b"null", b"[" * 5000, b'"', b"\n", b"\0", b"0.5")
    parts[rng.randrange(len(parts))] = rng.choice(words)
    return separator.join(parts)


def _training_data(folder: Path) -> Case:
    pixels = np.tile(PIXELS, (5, 1, 1, 1))
    members = [(f"{label}/{number}.png", encoded("PNG", (6, 5 + number))) for number, label in enumerate("aab")]
    archive = mutate.zipped(random.Random(0), members)
    batch = {b"data": np.zeros((2, 3072), np.uint8), b"labels": [0, 9]}
    makers = [
        *npz_file(npz(arr_0=pixels, arr_1=np.arange(20) % 2)),
        ("x.npz", lambda rng: npz(arr_0=pixels, arr_1=rng.choice(LABELS)())),
        ("x.zip", changed(archive)),
        ("x.zip", lambda rng: mutate.changed_zip(rng, archive)),
        *((name, changed(encoded(form))) for name, form in (("x.png", "PNG"), ("x.gif", "GIF"), ("x.tiff", "TIFF"))),
        ("data_batch_1", changed(pickle.dumps(batch))),
        ("data_batch_1", lambda rng: _pickled(rng, batch)),
    ]

    def read(path: Path) -> None:
        source = str(path)
        if path.name == "data_batch_1":
            batches = path.parents[1] / "batches" / "cifar-10-batches-py"
            batches.mkdir(parents=True, exist_ok=True)
            for number in range(1, 6):
                shutil.copy(path, batches / f"data_batch_{number}")
            source = f"cifar10:{batches.parent}"
        elif path.suffix not in (".npz", ".zip"):
            path.with_name("y.png").write_bytes(encoded("PNG"))
            source = str(path.parent)
        found = load_images(DataConfig(source=source, count=2), size=8)
        found.line()

    return of_files(makers, read)(folder)


LABELS: tuple[Callable[[], object], ...] = (
    lambda: np.full(20, -1),
    lambda: np.full(20, 2**62),
    lambda: np.full(20, 2**64 - 1, np.uint64),
    lambda: np.arange(20) * 10**6,
    lambda: np.arange(19),
    lambda: np.zeros(20),
    lambda: np.zeros(20, np.uint8),
    lambda: np.zeros((20, 1), int),
)


def _pickled(rng: random.Random, content: object) -> bytes:
    for _ in range(5):
        try:
            return pickle.dumps(odd.changed_tree(rng, content, odd.anything), rng.randrange(6))
        except Exception:  # what cannot be pickled is no file that anybody has
            continue
    return b""


TRAINING_WORDS = (
    *WORDS,
    "shapes",
    "acgan2",
    "net.width=4",
    "net.size=8",
    "epochs=1",
    "0,1",
    "warm left",
    "1,2",
    "left",
)
LONG_WORK = ("study", "probe", "filters", "axis", "arithmetic", "walk")
"""Whose work would take a case's time where all of their options are sound."""
SOUND = {"count": "3", "data": "shapes", "source": "shapes", "steps": "2"}
"""What an option or argument that is needed is given more often than not."""


def _command_lines(folder: Path) -> Case:
    place = folder / "shell"
    shutil.copytree(trained(folder), place / "run")
    # Curves of sound numbers take most of the time, and cannot be mistyped.
    pictures.draw_curves = _draw_nothing  # type: ignore[assignment]
    Image.new("RGB", (8, 8)).save(place / "x.png")
    known = (str(place / "run"), "zoo:shapes-cgan", str(place / "out"), str(place / "out.npz"))
    commands = list(_commands((), command))

    def case(rng: random.Random) -> None:
        os.chdir(place)
        os.environ["HOME"] = str(place)
        for made in (*place.glob("out*"), *place.glob("runs"), *place.glob("report.html")):
            shutil.rmtree(made) if made.is_dir() else made.unlink()
        words, chosen = rng.choice(commands)
        line = [*words, *_arguments(rng, chosen, known), *_options(rng, chosen, known)]
        result = CliRunner().invoke(command, line, input="")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        if result.exit_code not in FINE or "Traceback" in result.stderr:
            raise AssertionError(f"{line!r:.300} ended with {result.exit_code}: {result.stderr[-300:]!r}")
        if result.exit_code:
            raise InputError(result.stderr.splitlines()[-1])

    return case


def _draw_nothing(*_arguments: object, **_options: object) -> None:
    """Take what draws."""


def _commands(words: tuple[str, ...], group: click.Group) -> list[tuple[tuple[str, ...], click.Command]]:
    found = []
    for name, chosen in group.commands.items():
        if isinstance(chosen, click.Group):
            found += _commands((*words, name), chosen)
        else:
            found.append(((*words, name), chosen))
    return found


def _arguments(rng: random.Random, chosen: click.Command, known: tuple[str, ...]) -> list[str]:
    given = []
    for parameter in chosen.params:
        if isinstance(parameter, click.Argument):
            right = [SOUND[parameter.name]] if parameter.name in SOUND else known
            odd_ones = chosen.name in LONG_WORK or rng.random() < 0.3
            given.append(rng.choice(TRAINING_WORDS) if odd_ones else rng.choice(right))
    return given


def _options(rng: random.Random, chosen: click.Command, known: tuple[str, ...]) -> list[str]:
    line: list[str] = []
    options = [parameter for parameter in chosen.params if isinstance(parameter, click.Option)]
    needed = [option for option in options if (option.required or option.name == "steps") and rng.random() < 0.95]
    for option in dict.fromkeys((*needed, *rng.sample(options, min(len(options), rng.choice((0, 0, 1, 2, 3)))))):
        line.append(option.opts[0])
        if not option.is_flag:
            sound = option.name in SOUND and (option.name == "steps" or rng.random() < 0.7)
            line += [SOUND[option.name] if sound else _value(rng, option, known) for _ in range(max(option.nargs, 1))]
    return line


def _value(rng: random.Random, option: click.Option, known: tuple[str, ...]) -> str:
    if isinstance(option.type, click.Choice) and rng.random() < 0.5:
        return str(rng.choice(list(option.type.choices)))
    if option.name == "out" and rng.random() < 0.8:
        return rng.choice(known[2:])
    return rng.choice((*TRAINING_WORDS, known[0]))


KINDS: Mapping[str, Callable[[Path], Case]] = {
    "checkpoints": _checkpoints,
    "configurations": _configurations,
    "runs": _runs,
    "training-data": _training_data,
    "training-commands": _command_lines,
}
