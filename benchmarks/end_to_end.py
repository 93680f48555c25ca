"""Whole commands: ours and the peers', from two folders of images to a distance, with one state dict in all of them.

Two sets: images of CIFAR-10 out of a zip file, and photographs of 768x768 pixels made by cropping, flipping and
resizing those that scikit-image ships; the fake side is blurred. Each command runs in a process of its own, cold
(nothing kept) and with the statistics of the real side kept from before, the libraries in turn within each repetition.
What the file of --output has is not run again. Measured are wall time, processor time with that of all child processes,
and the peak of the memory that the process and its children hold together (proportional set size, sampled). The
commands share one interpreter, which needs the packages of the extra ``parity``:

    make .venv-parity/.installed
    .venv/bin/python benchmarks/end_to_end.py --python .venv-parity/bin/python --weights STATE_DICT --cifar ZIP \
        --count 2000 --photographs 500 --repeats 1 2 --output end_to_end.json --page docs/benchmarks.md
"""

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from image_sets import SIDE, Sides, cifar, photographs
from page import write_page

HERE = Path(__file__).parent
PEERS = ("pytorch-fid", "torch-fidelity", "clean-fid", "torchmetrics")
KEEPING = ("pytorch-fid", "torch-fidelity", "clean-fid")
OURS, OURS_FAST = "ganmetrics", "ganmetrics --no-interval"
SAMPLE_SECONDS = 0.5
BOTH = "both sides kept"


@dataclass(frozen=True)
class Measured:
    """One command: wall and processor seconds, peak memory in MB, and the value that it printed."""

    wall: float
    processor: float
    memory: float
    value: float


Results = dict[str, dict[str, dict[str, list[Measured]]]]
"""By image set, case and library."""


def held(root: int) -> float:
    """Return the memory that a process and all its descendants hold, in MB; shared pages count once."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int(
                    (entry / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1]
                )
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
            lines = Path(f"/proc/{member}/smaps_rollup").read_text(encoding="utf-8").splitlines()
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
        timed[BOTH, name] = [*own, "fid", kept_real, kept_fake, "-q", *more]
    for peer in PEERS:
        script = [python, str(HERE / "peers_end_to_end.py"), peer, str(real), str(fake)]
        script += ["--weights", weights, "--stored", str(stored)]
        timed["cold", peer] = script
        if peer in KEEPING:
            keep.append([*script, "--store"])
            timed["real side kept", peer] = [*script, "--use-stored"]
    timed[BOTH, "import torch"] = [python, "-c", "import torch"]
    return keep, timed


def table(results: Results) -> str:
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
    listed = dict(
        line.split(":", 1) for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines() if ":" in line
    )
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


def read(path: Path) -> Results:
    """Return what a file has of earlier runs."""
    if not path.exists():
        return {}
    return {
        title: {
            case: {name: [Measured(**run) for run in runs] for name, runs in rows.items()}
            for case, rows in cases.items()
        }
        for title, cases in json.loads(path.read_text(encoding="utf-8")).items()
    }


def keep(path: Path, results: Results) -> None:
    """Write all of it into a file."""
    plain = {
        title: {
            case: {name: [asdict(run) for run in runs] for name, runs in rows.items()} for case, rows in cases.items()
        }
        for title, cases in results.items()
    }
    path.write_text(json.dumps(plain, indent=1) + "\n", encoding="utf-8")


@dataclass(frozen=True)
class ImageSet:
    """A set's title, how often to run the commands on it, and what writes its images into a folder."""

    title: str
    repeats: int
    make: Callable[[Path], Sides]


def image_sets(options: argparse.Namespace) -> list[ImageSet]:
    """Return the sets that are asked for."""
    sets = []
    if options.count:
        title = f"CIFAR-10, {options.count:,} + {options.count:,}"
        sets.append(ImageSet(title, options.repeats[0], lambda folder: cifar(options.cifar, folder, options.count)))
    if options.photographs:
        title = f"photographs {SIDE}x{SIDE}, {options.photographs:,} + {options.photographs:,}"
        sets.append(ImageSet(title, options.repeats[1], lambda folder: photographs(folder, options.photographs)))
    return sets


def measure_missing(results: Results, images: ImageSet, options: argparse.Namespace, scratch: Path) -> None:
    """Run the commands on one set that have not yet run often enough, and keep each result at once."""
    environment = os.environ | {"PYTHONPATH": str(HERE.parent), "XDG_CACHE_HOME": str(scratch / "cache")}
    storing, timed = commands(options, scratch / "images" / "real", scratch / "images" / "fake", scratch)

    def runs(case: str, name: str) -> list[Measured]:
        return results.setdefault(images.title, {}).setdefault(case, {}).setdefault(name, [])

    missing = [key for key in timed if len(runs(*key)) < images.repeats]
    if not missing:
        return
    images.make(scratch / "images")
    for command in storing if any(case != "cold" for case, _ in missing) else ():
        measure(command, environment)
    for _ in range(images.repeats):
        for key in missing:
            if len(runs(*key)) < images.repeats:
                run = measure(timed[key], environment)
                runs(*key).append(run)
                keep(options.output, results)
                print(f"{images.title}, {', '.join(key)}: {run}", file=sys.stderr, flush=True)


def main() -> None:
    """Measure, print the table, and keep it where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", type=Path, default=Path(sys.executable))
    parser.add_argument("--weights", type=Path, required=True, help="a state dict with torchvision's 472 names")
    parser.add_argument("--cifar", type=Path, required=True, help="a zip file of images")
    parser.add_argument("--count", type=int, default=2000, help="images of CIFAR-10 a side; 0 for none")
    parser.add_argument("--photographs", type=int, default=500, help="photographs a side; 0 for none")
    parser.add_argument("--repeats", type=int, nargs=2, default=[2, 2], help="of CIFAR-10, of photographs")
    parser.add_argument("--output", type=Path, default=Path("end_to_end.json"), help="what it has is not run again")
    parser.add_argument("--page", type=Path)
    options = parser.parse_args()
    results = read(options.output)
    with tempfile.TemporaryDirectory() as scratch:
        for images in image_sets(options):
            measure_missing(results, images, options, Path(tempfile.mkdtemp(dir=scratch)))
    text = f"{versions(options.python)}.\n\n{table(results)}"
    print(text)
    if options.page:
        write_page(options.page, text, mark="end_to_end")


if __name__ == "__main__":
    main()
