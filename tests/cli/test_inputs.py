"""Every command in docs/inputs.md, on files that the sources' own tools wrote: one number for the same images."""

import io
import json
import re
import shlex
import shutil
import subprocess
import tarfile
import zipfile
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from PIL import Image

from ganmetrics.cli import command
from ganmetrics.testing import write_images

DOCS = Path(__file__).parents[2] / "docs" / "inputs.md"
OFFLINE = ["--extractor", "efficientnet-lite0", "--workers", "0", "--no-cache", "--json"]
ROW = re.compile(r"^\| [^|`]*(?:`[^`]*`[^|`]*)*\| `((?:[^`|]|\\\|)*ganmetrics [^`]*)` \|", re.MULTILINE)
COMMANDS = [line.replace(r"\|", "|") for line in ROW.findall(DOCS.read_text(encoding="utf-8"))]
NEEDED = {"fakes.parquet": "pyarrow", "'train-*.parquet'": "pyarrow", "fakes.hdf5": "h5py", "fakes_lmdb": "lmdb"}
NEEDED["fakes.avi"] = "av"


def tarred(path, members):
    """Write a tar of names and bytes."""
    with tarfile.open(path, "w") as archive:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))


@pytest.fixture
def containers(tmp_path, monkeypatch):
    """Go to a folder with a real set, and the same ten fakes in every container."""
    monkeypatch.chdir(tmp_path)
    real, fakes = Path("real"), Path("fakes")
    write_images(real, 20, seed=1)
    write_images(fakes, 10, seed=2, shift=20)
    files = sorted(fakes.iterdir())
    data = [file.read_bytes() for file in files]
    pixels = np.stack([np.asarray(Image.open(file)) for file in files])
    classes = [index // 5 for index in range(10)]
    for file, label in zip(files, classes, strict=True):
        target = Path("by_class") / str("ab"[label]) / file.name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)
    Path("results").mkdir()
    for index, file in enumerate(files):
        shutil.copy(file, f"results/{index:03d}_fake_B.png")
        shutil.copy(real / f"{index:05d}.png", f"results/{index:03d}_real_B.png")
    with zipfile.ZipFile("fakes.zip", "w") as archive:
        names = [f"{index // 4:05d}/img{index:08d}.png" for index in range(10)]
        for name, each in zip(names, data, strict=True):
            archive.writestr(name, each)
        archive.writestr(
            "dataset.json", json.dumps({"labels": [list(pair) for pair in zip(names, classes, strict=True)]})
        )
    tarred("fakes.tar", [(file.name, each) for file, each in zip(files, data, strict=True)])
    for shard in range(2):
        members = []
        for index in range(5 * shard, 5 * shard + 5):
            members += [(f"{index:06d}.png", data[index]), (f"{index:06d}.cls", str(classes[index]).encode())]
        tarred(f"shards-{shard:03d}.tar", members)
    np.savez("fakes.npz", pixels, np.array(classes))
    np.save("fakes.npy", pixels)
    torch.save(torch.from_numpy(pixels).permute(0, 3, 1, 2).contiguous(), "fakes.pt")
    Path("fakes.txt").write_text("\n".join(map(str, files)), encoding="utf-8")
    packed(data, pixels, classes)
    return tmp_path


def packed(data, pixels, classes):
    """Write the containers whose packages are installed."""
    if find_spec("pyarrow"):
        import pyarrow
        from pyarrow import parquet

        kind = pyarrow.struct([("bytes", pyarrow.binary()), ("path", pyarrow.string())])
        images = pyarrow.array([{"bytes": each, "path": None} for each in data], kind)
        table = pyarrow.table({"image": images, "label": classes})
        parquet.write_table(table, "fakes.parquet", row_group_size=3)
        parquet.write_table(table[:6], "train-00000-of-00002.parquet")
        parquet.write_table(table[6:], "train-00001-of-00002.parquet")
    if find_spec("h5py"):
        import h5py

        with h5py.File("fakes.hdf5", "w") as file:
            file.create_dataset("imgs", data=pixels.transpose(0, 3, 1, 2), chunks=(4, 3, 8, 8))
            file.create_dataset("labels", data=np.array(classes, dtype="int64"))
    if find_spec("lmdb"):
        import lmdb

        with lmdb.open("fakes_lmdb", map_size=1 << 24) as database, database.begin(write=True) as transaction:
            for index, each in enumerate(data):
                transaction.put(f"{index:06d}".encode(), each)
    if find_spec("av"):
        filmed(pixels)


def filmed(pixels):
    """Write a video without loss: FFV1 of RGB."""
    import av

    with av.open("fakes.avi", "w") as container:
        stream = container.add_stream("ffv1", rate=8)
        (stream.height, stream.width), stream.pix_fmt = pixels.shape[1:3], "bgr0"
        for each in pixels:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(each, format="rgb24")))
        container.mux(stream.encode())


def scored(words, stdin=None):
    """Run a command in this process and return its number."""
    result = CliRunner().invoke(command, [*words, *OFFLINE], input=stdin)
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)["scores"][0]["value"]


@pytest.mark.slow
@pytest.mark.usefixtures("cheap", "containers")
@pytest.mark.parametrize("line", COMMANDS)
def test_every_documented_command_gives_one_number(line):
    """To the last bit, whatever the images are kept in."""
    source = line.split()[-1]
    package = next((NEEDED[word] for word in line.split() if word in NEEDED), None)
    if package is not None and find_spec(package) is None:
        pytest.skip(f"{package} is not installed")
    if source == "fakes" and "real.npz" in line:
        built = CliRunner().invoke(command, ["reference", "build", "real", "real.npz", *OFFLINE[:4]])
        assert built.exit_code == 0, built.stderr
    before, _, last = line.rpartition("|")
    given = subprocess.run(before, shell=True, capture_output=True, text=True, check=True).stdout if before else None
    program, *words = shlex.split(last)
    assert program == "ganmetrics"
    assert scored(words, given) == scored(["fid", "real", "fakes"])


def test_the_table_is_the_registry():
    """Every kind of path that can be opened is in the table, and the table was found."""
    from ganmetrics.data.sources import PATHS

    text = " ".join(COMMANDS)
    assert len(COMMANDS) == 17
    in_table = {
        "video": ".avi",
        "folder": " fakes",
        ".zip": ".zip",
        ".tar": ".tar",
        ".npz": ".npz",
        ".npy": ".npy",
        ".pt": ".pt",
        ".parquet": ".parquet",
        ".hdf5": ".hdf5",
        "LMDB": "_lmdb",
        ".txt of paths": ".txt",
        "- for paths on stdin": " -",
        "pattern of images or shards": "*_fake_B",
    }
    assert set(in_table) == {kind.name for kind in PATHS}
    assert all(word in text for word in in_table.values())
