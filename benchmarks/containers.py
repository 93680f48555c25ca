"""The same images in every container: each must give the same number to the last bit.

A seeded choice of images is packed into each container that docs/inputs.md has, as its own tool would write it, and
every pack is scored against one folder of other images. One table says the number, whether it is that of the folder,
and the seconds. Nothing is kept.

    python benchmarks/containers.py cifar10-test.zip --count 1000 --page docs/inputs.md

CIFAR-10's images at 32 x 32 pixels are few bytes each, so that seconds are mostly the network's.
"""

import argparse
import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from image_sets import cifar
from page import write_page
from PIL import Image
from torch.utils.data import DataLoader, TensorDataset

import ganmetrics

MARK = "containers"
SHARD = 150
"""Images in a tar or Parquet shard: several shards, of which the last is smaller."""


@dataclass(frozen=True)
class Fakes:
    """The images to pack.

    Attributes:
        folder: where their PNG files lie.
        files: these, in order.
        pixels: uint8 [n, h, w, 3].
    """

    folder: Path
    files: list[Path]
    pixels: np.ndarray

    @classmethod
    def of(cls, folder: Path) -> "Fakes":
        """Return the images of a folder."""
        files = sorted(folder.iterdir())
        return cls(folder, files, np.stack([np.asarray(Image.open(file).convert("RGB")) for file in files]))

    @property
    def data(self) -> list[bytes]:
        """The bytes of each file."""
        return [file.read_bytes() for file in self.files]

    @property
    def tensor(self) -> torch.Tensor:
        """The pixels as a tensor [n, 3, h, w]."""
        return torch.from_numpy(self.pixels).permute(0, 3, 1, 2).contiguous()


def pack_zip(fakes: Fakes, into: Path) -> Path:
    """As `zip -r` would."""
    with zipfile.ZipFile(into / "plain.zip", "w") as archive:
        for file in fakes.files:
            archive.write(file, file.name)
    return into / "plain.zip"


def pack_stylegan(fakes: Fakes, into: Path) -> Path:
    """As StyleGAN's dataset_tool does: a thousand images a folder, labels in dataset.json."""
    labels = []
    with zipfile.ZipFile(into / "stylegan.zip", "w", zipfile.ZIP_STORED) as archive:
        for number, data in enumerate(fakes.data):
            name = f"{number // 1000:05d}/img{number:08d}.png"
            archive.writestr(name, data)
            labels.append([name, number % 10])
        archive.writestr("dataset.json", json.dumps({"labels": labels}))
    return into / "stylegan.zip"


def pack_shards(fakes: Fakes, into: Path) -> Path:
    """As webdataset does: PNG and class of each sample under one key."""
    data = fakes.data
    for shard, start in enumerate(range(0, len(data), SHARD)):
        with tarfile.open(into / f"shard-{shard:03d}.tar", "w") as archive:
            for number in range(start, min(start + SHARD, len(data))):
                for name, content in ((f"{number:08d}.png", data[number]), (f"{number:08d}.cls", b"0")):
                    info = tarfile.TarInfo(name)
                    info.size = len(content)
                    archive.addfile(info, io.BytesIO(content))
    return into / f"shard-{{000..{(len(data) - 1) // SHARD:03d}}}.tar"


def pack_npz(fakes: Fakes, into: Path) -> Path:
    """As guided diffusion's sampler does."""
    np.savez(into / "samples.npz", fakes.pixels)
    return into / "samples.npz"


def pack_npy(fakes: Fakes, into: Path) -> Path:
    """One array."""
    np.save(into / "samples.npy", fakes.pixels)
    return into / "samples.npy"


def pack_torch(fakes: Fakes, into: Path) -> Path:
    """One tensor [n, 3, h, w]."""
    torch.save(fakes.tensor, into / "samples.pt")
    return into / "samples.pt"


def pack_parquet(fakes: Fakes, into: Path) -> Path:
    """As Hugging Face's hub has image data sets."""
    import pyarrow as pa  # noqa: PLC0415 - of an extra
    from pyarrow import parquet  # noqa: PLC0415

    kind = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    data = fakes.data
    for shard, start in enumerate(range(0, len(data), SHARD)):
        images = pa.array([{"bytes": one, "path": None} for one in data[start : start + SHARD]], kind)
        table = pa.table({"image": images, "label": [number % 10 for number in range(len(images))]})
        parquet.write_table(table, into / f"train-{shard:05d}.parquet", row_group_size=100)
    return into / "train-*.parquet"


def pack_hdf5(fakes: Fakes, into: Path) -> Path:
    """As BigGAN-PyTorch does."""
    import h5py  # noqa: PLC0415

    with h5py.File(into / "samples.hdf5", "w") as file:
        file.create_dataset(
            "imgs",
            data=fakes.pixels.transpose(0, 3, 1, 2),
            chunks=(min(100, len(fakes.files)), *fakes.tensor.shape[1:]),
        )
        file.create_dataset("labels", data=np.arange(len(fakes.files)) % 10)
    return into / "samples.hdf5"


def pack_lmdb(fakes: Fakes, into: Path) -> Path:
    """As LSUN is published."""
    import lmdb  # noqa: PLC0415

    with lmdb.open(str(into / "lmdb"), map_size=1 << 30) as database, database.begin(write=True) as transaction:
        for number, data in enumerate(fakes.data):
            transaction.put(f"{number:08d}".encode(), data)
    return into / "lmdb"


def pack_list(fakes: Fakes, into: Path) -> Path:
    """One path a line."""
    (into / "fakes.txt").write_text("\n".join(map(str, fakes.files)))
    return into / "fakes.txt"


def pack_video(fakes: Fakes, into: Path) -> Path:
    """Without loss: FFV1 of RGB."""
    import av  # noqa: PLC0415

    with av.open(str(into / "fakes.avi"), "w") as container:
        stream = container.add_stream("ffv1", rate=25)
        (stream.height, stream.width), stream.pix_fmt = fakes.pixels.shape[1:3], "bgr0"
        for image in fakes.pixels:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(stream.encode())
    return into / "fakes.avi"


def hugging_face(fakes: Fakes, _: Path) -> object:
    """`datasets` with a column of images, which are decoded as they are read."""
    import datasets  # noqa: PLC0415

    return datasets.Dataset.from_dict({"image": list(map(str, fakes.files))}).cast_column("image", datasets.Image())


def loader(fakes: Fakes, _: Path) -> DataLoader[Any]:
    """A loader of batches of 64, two processes."""
    return DataLoader(TensorDataset(fakes.tensor), batch_size=64, num_workers=2)


def stream(fakes: Fakes, _: Path) -> ganmetrics.Stream:
    """An iterator of batches of 50."""
    return ganmetrics.Stream(iter(fakes.tensor.split(50)), count=len(fakes.files))


def generator(fakes: Fakes, _: Path) -> ganmetrics.Stream:
    """A callable that is asked for 64 images at a time."""
    left: Iterator[np.ndarray] = iter(fakes.pixels)

    def generate(count: int, _rng: torch.Generator) -> torch.Tensor:
        batch = np.stack([next(left) for _ in range(count)])
        # Exact: 127.5 (x + 1) of x = v / 127.5 - 1 is within a millionth of v.
        return torch.from_numpy(batch).permute(0, 3, 1, 2) / 127.5 - 1

    return ganmetrics.Stream(generate, count=len(fakes.files), value_range=(-1, 1))


SOURCES: dict[str, Callable[[Fakes, Path], Any]] = {
    "folder": lambda fakes, _: fakes.folder,
    "zip": pack_zip,
    "zip of StyleGAN, dataset.json": pack_stylegan,
    "tar shards of webdataset": pack_shards,
    "npz [n, h, w, 3]": pack_npz,
    "npy": pack_npy,
    "pt": pack_torch,
    "Parquet shards": pack_parquet,
    "HDF5": pack_hdf5,
    "LMDB": pack_lmdb,
    "list of paths": pack_list,
    "shell's pattern": lambda fakes, _: fakes.folder / "*.png",
    "video without loss, all frames": pack_video,
    "list of paths, in Python": lambda fakes, _: list(map(str, fakes.files)),
    "list of Pillow images": lambda fakes, _: [Image.open(file).convert("RGB") for file in fakes.files],
    "tensor [n, 3, h, w]": lambda fakes, _: fakes.tensor,
    "array [n, h, w, 3]": lambda fakes, _: fakes.pixels,
    "Hugging Face datasets": hugging_face,
    "DataLoader": loader,
    "Stream of batches": stream,
    "generator of floats": generator,
}


@dataclass(frozen=True)
class Row:
    """What one container gave.

    Attributes:
        name: of the container.
        value: the distance.
        corrected: corrected for the number of images.
        seconds: of the whole call.
    """

    name: str
    value: float
    corrected: float | None
    seconds: float

    @property
    def digits(self) -> tuple[float, float | None]:
        """What must be the same for all containers."""
        return self.value, self.corrected


def measure(real: ganmetrics.Reference, fakes: Fakes, into: Path, options: dict[str, Any]) -> Iterator[Row]:
    """Yield the score of each container, and that of paths on stdin."""
    for name, pack in SOURCES.items():
        source = pack(fakes, into)
        frames = "all" if "video" in name else "first"
        started = time.perf_counter()
        score = ganmetrics.fid(real, source, frames=frames, **options)
        yield Row(name, score.value, score.corrected, time.perf_counter() - started)
    real.save(into / "real.npz")
    command = [sys.executable, "-m", "ganmetrics", "fid", str(into / "real.npz"), "-", "--json", "--no-cache", "-q"]
    command += ["--extractor", options["extractor"], "--offline", "--workers", str(options["workers"])]
    started = time.perf_counter()
    listed = "\n".join(map(str, fakes.files))
    done = subprocess.run(command, input=listed, capture_output=True, text=True, check=True, env=dict(os.environ))
    (found,) = json.loads(done.stdout)["scores"]
    yield Row("paths on stdin", found["value"], found["corrected"], time.perf_counter() - started)


def table(rows: Iterable[Row], intro: str) -> str:
    """Return a Markdown table, with the first row as the one to be equal to."""
    first, *others = rows
    lines = [intro, "", "| images are in | distance | same to the last bit | seconds |", "|---|---|---|---|"]
    for row in (first, *others):
        same = "yes" if row.digits == first.digits else f"no: off by {row.value - first.value:.3g}"
        lines.append(f"| {row.name} | {row.value!r} | {same} | {row.seconds:.1f} |")
    return "\n".join(lines)


def main() -> None:
    """Parse options, pack, score, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archive", type=Path, help="a zip of images; a seeded choice is taken")
    parser.add_argument("--count", type=int, default=1000, help="images a side")
    parser.add_argument("--extractor", default="efficientnet-lite0")
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--page", type=Path, help="a page that gets the table between its marks")
    given = parser.parse_args()
    options = {"extractor": given.extractor, "workers": given.workers, "offline": True}
    with tempfile.TemporaryDirectory() as scratch:
        folder, fake = cifar(given.archive, Path(scratch) / "sets", given.count)
        real = ganmetrics.Reference.from_images(folder, **options)
        packs = Path(scratch) / "packs"
        packs.mkdir()
        rows = []
        for row in measure(real, Fakes.of(fake), packs, options):
            rows.append(row)
            print(row.name, repr(row.value), row.corrected, f"{row.seconds:.1f} s", flush=True)
    intro = (
        f"{given.count:,} images of CIFAR-10 a side, re-encoded, the fake ones blurred by half a pixel (no published "
        f"scores); {given.extractor}; seconds of one container against stored statistics, on a machine that was shared:"
    )
    text = table(rows, intro)
    print(text)
    if given.page is not None:
        write_page(given.page, text, mark=MARK)
    if len({row.digits for row in rows}) > 1:
        sys.exit("containers differ")


if __name__ == "__main__":
    main()
