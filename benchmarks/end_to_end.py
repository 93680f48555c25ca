"""Whole commands: ours and the peers', from two folders of images to a distance, with one state dict in all of them.

Two sets: images of CIFAR-10 out of a zip file, and photographs of 768x768 pixels made by cropping, flipping and
resizing those that scikit-image ships; the fake side is blurred. Each command runs in a process of its
own, cold (nothing kept) and with the statistics of the real side kept from before, the libraries in turn within each
repetition. Measured are wall time, processor time with that of all child processes, and the peak of the memory that the
process and its children hold together (proportional set size, sampled). The commands share one interpreter, which needs
the packages of the extra ``parity``:

    make .venv-parity/.installed
    .venv/bin/python benchmarks/end_to_end.py --python .venv-parity/bin/python --weights STATE_DICT --cifar ZIP \
        --count 2000 --photographs 500 --repeats 1 2 --output end_to_end.json --page docs/benchmarks.md
"""

import argparse
import io
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path

import numpy as np
from page import write_page
from PIL import Image, ImageFilter

HERE = Path(__file__).parent
PEERS = ("pytorch-fid", "torch-fidelity", "clean-fid", "torchmetrics")
KEEPING = ("pytorch-fid", "torch-fidelity", "clean-fid")
OURS, OURS_FAST = "ganmetrics", "ganmetrics --no-interval"
SIDE = 768
SAMPLE_SECONDS = 0.2


@dataclass(frozen=True)
class Measured:
    """One command: wall and processor seconds, peak memory in MB, and the value that it printed."""

    wall: float
    processor: float
    memory: float
    value: float


def cifar(archive: Path, folder: Path, count: int) -> tuple[Path, Path]:
    """Write a seeded choice of `count` images a side, the fake ones blurred by half a pixel."""
    with zipfile.ZipFile(archive) as opened:
        names = sorted(name for name in opened.namelist() if name.lower().endswith((".png", ".jpg", ".jpeg")))
        chosen = np.random.default_rng(0).permutation(len(names))[: 2 * count]
        for role, part in (("real", chosen[:count]), ("fake", chosen[count:])):
            (folder / role).mkdir(parents=True)
            for number in part:
                image = Image.open(io.BytesIO(opened.read(names[number]))).convert("RGB")
                image = image.filter(ImageFilter.GaussianBlur(0.5)) if role == "fake" else image
                image.save(folder / role / f"{number:05d}.png")
    return folder / "real", folder / "fake"


def photographs(folder: Path, count: int, *, size: int = SIDE) -> tuple[Path, Path]:
    """Write `count` JPEG files a side of `size` x `size` pixels, made of those that scikit-image ships."""
    data = import_module("skimage.data")
    names = ("astronaut", "chelsea", "coffee", "rocket", "hubble_deep_field", "immunohistochemistry", "retina")
    originals = [getattr(data, name)() for name in names]
    random = np.random.default_rng(0)
    for role in ("real", "fake"):
        (folder / role).mkdir(parents=True)
        for number in range(count):
            image = Image.fromarray(originals[random.integers(len(originals))])
            side = int(min(image.size) * random.uniform(0.5, 1))
            left, top = (int(random.integers(length - side + 1)) for length in image.size)
            image = image.crop((left, top, left + side, top + side)).resize((size, size), Image.Resampling.BICUBIC)
            image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if random.random() < 0.5 else image
            image = image.filter(ImageFilter.GaussianBlur(2)) if role == "fake" else image
            image.save(folder / role / f"{number:05d}.jpg", quality=92)
    return folder / "real", folder / "fake"


def held(root: int) -> float:
    """Return the memory that a process and all its descendants hold, in MB; shared pages count once."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:  # it has ended meanwhile
                continue
    family, grown = {root}, True
    while grown:
        more = {child for child, parent in parents.items() if parent in family} - family
        family |= more
        grown = bool(more)
    total = 0
    for member in family:
        try:
            lines = Path(f"/proc/{member}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def measure(command: list[str], environment: dict[str, str]) -> Measured:
    """Run a command to its end."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    peak, done = 0.0, threading.Event()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment) as run:

        def watch() -> None:
            nonlocal peak
            while not done.wait(SAMPLE_SECONDS):
                peak = max(peak, held(run.pid))

        watcher = threading.Thread(target=watch)
        watcher.start()
        out, err = run.communicate()
        wall = time.perf_counter() - started
        done.set()
        watcher.join()
    if run.returncode:
        message = f"{' '.join(command)} ended with status {run.returncode}:\n{err[-2000:]}"
        raise RuntimeError(message)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Measured(wall, processor, peak, _value(out))


def _value(out: str) -> float:
    last = out.strip().splitlines()[-1] if out.strip() else ""
    if last.startswith("value "):
        return float(last.removeprefix("value "))
    return float(last.split(" = ")[1].split()[0]) if " = " in last else float("nan")


def commands(
    options: argparse.Namespace, real: Path, fake: Path, stored: Path
) -> tuple[list[list[str]], dict[tuple[str, str], list[str]]]:
    """Return the commands that keep the real side, and those to measure by case and library."""
    python, weights = str(options.python), str(options.weights)
    own = [python, "-m", "ganmetrics"]
    given = ["--weights", weights, "--workers", "2", "-q"]
    keep = [[*own, "reference", "build", str(side), str(stored / f"{side.name}.npz"), *given] for side in (real, fake)]
    kept_real, kept_fake = str(stored / "real.npz"), str(stored / "fake.npz")
    timed = {}
    for name, more in ((OURS_FAST, ["--no-interval"]), (OURS, [])):
        timed["cold", name] = [*own, "fid", str(real), str(fake), *given, "--no-cache", *more]
        timed["real side kept", name] = [*own, "fid", kept_real, str(fake), *given, "--no-cache", *more]
        timed["both sides kept", name] = [*own, "fid", kept_real, kept_fake, "-q", *more]
    for peer in PEERS:
        script = [python, str(HERE / "peers_end_to_end.py"), peer, str(real), str(fake)]
        script += ["--weights", weights, "--stored", str(stored)]
        timed["cold", peer] = script
        if peer in KEEPING:
            keep.append([*script, "--store"])
            timed["real side kept", peer] = [*script, "--use-stored"]
    timed["both sides kept", "import torch"] = [python, "-c", "import torch"]
    return keep, timed


def table(results: dict[str, dict[str, dict[str, list[Measured]]]]) -> str:
    """Return the table: the least of the repetitions, and the spread of the wall times."""
    head = "| images | case | command | wall, s (spread) | processor, s | memory, MB | value | wall / ours |"
    lines = [head, "|---|---|---|---|---|---|---|---|"]
    for images, cases in results.items():
        for case, rows in cases.items():
            ours = min(run.wall for run in rows[OURS_FAST])
            for name, runs in rows.items():
                walls = [run.wall for run in runs]
                spread = f"{100 * (max(walls) / min(walls) - 1):.0f} %" if len(walls) > 1 else "one run"
                least, memory = min(run.processor for run in runs), max(run.memory for run in runs)
                value = "" if np.isnan(runs[0].value) else f"{runs[0].value:.6g}"
                lines.append(
                    f"| {images} | {case} | {name} | {min(walls):.1f} ({spread}) | {least:.1f} | {memory:.0f} "
                    f"| {value} | {min(walls) / ours:.2f} |"
                )
    return "\n".join(lines)


def processor() -> str:
    """Return the processor's name with what makes it fast, so far as the system says it."""
    listed = dict(line.split(":", 1) for line in Path("/proc/cpuinfo").read_text().splitlines() if ":" in line)
    known = {name.strip(): value.strip() for name, value in listed.items()}
    flags = known.get("flags", "").split()
    fast = [flag for flag in ("avx2", "avx512f", "avx512_bf16", "amx_bf16", "avx512_fp16") if flag in flags]
    name = known.get("model name", platform.machine())
    return f"{name} (model {known.get('model', '?')}; {', '.join(fast)})"


def versions(python: Path) -> str:
    """Return what the commands ran with."""
    names = "['torch', 'numpy', 'scipy', 'pytorch-fid', 'torch-fidelity', 'clean-fid', 'torchmetrics']"
    script = f"from importlib.metadata import version\nprint(', '.join(n + ' ' + version(n) for n in {names}))"
    found = subprocess.run([python, "-c", script], capture_output=True, text=True, check=True).stdout.strip()
    return f"{processor()}, {os.cpu_count()} cores; Python {platform.python_version()}; {found}"


def main() -> None:
    """Measure, print the table, and keep it where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", type=Path, default=Path(sys.executable))
    parser.add_argument("--weights", type=Path, required=True, help="a state dict with torchvision's 472 names")
    parser.add_argument("--cifar", type=Path, required=True, help="a zip file of images")
    parser.add_argument("--count", type=int, default=2000, help="images of CIFAR-10 a side; 0 for none")
    parser.add_argument("--photographs", type=int, default=500, help="photographs a side; 0 for none")
    parser.add_argument("--repeats", type=int, nargs=2, default=[2, 2], help="of CIFAR-10, of photographs")
    parser.add_argument("--output", type=Path)
    parser.add_argument("--page", type=Path)
    options = parser.parse_args()
    results: dict[str, dict[str, dict[str, list[Measured]]]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        environment = os.environ | {"PYTHONPATH": str(HERE.parent), "XDG_CACHE_HOME": str(root / "cache")}
        sets = []
        if options.count:
            title = f"CIFAR-10, {options.count:,} + {options.count:,}"
            sets.append((title, options.repeats[0], cifar(options.cifar, root / "c", options.count)))
        if options.photographs:
            title = f"photographs {SIDE}x{SIDE}, {options.photographs:,} + {options.photographs:,}"
            sets.append((title, options.repeats[1], photographs(root / "p", options.photographs)))
        for number, (title, repeats, (real, fake)) in enumerate(sets):
            stored = root / f"stored{number}"
            stored.mkdir()
            keep, timed = commands(options, real, fake, stored)
            for command in keep:
                measure(command, environment)
            for _ in range(repeats):
                for (case, name), command in timed.items():
                    run = measure(command, environment)
                    results.setdefault(title, {}).setdefault(case, {}).setdefault(name, []).append(run)
                    print(f"{title}, {case}, {name}: {run}", file=sys.stderr, flush=True)
    repeats = f"Repetitions: {options.repeats[0]} of CIFAR-10, {options.repeats[1]} of photographs"
    text = f"{versions(options.python)}. {repeats}.\n\n{table(results)}"
    print(text)
    if options.output:
        plain = {
            t: {c: {n: [asdict(r) for r in rs] for n, rs in rows.items()} for c, rows in cs.items()}
            for t, cs in results.items()
        }
        options.output.write_text(json.dumps(plain, indent=1) + "\n")
    if options.page:
        write_page(options.page, text, mark="end_to_end")


if __name__ == "__main__":
    main()
