"""Cases of files: small sound ones of every format, changed, then read as a user would have them read."""

import io
import json
import pickle
import random
import tarfile
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from ganmetrics import Reference, evaluate
from ganmetrics.data.label_file import read_labels
from ganmetrics.data.sources import open_source, with_label_file
from ganmetrics.extraction.options import Extraction
from ganmetrics.features.state_dict import read_state_dict, select_tensors
from ganmetrics.references.convert import convert
from ganmetrics.references.store import write_statistics
from ganmetrics.testing import ChannelMeans, random_images
from tests.fuzz import mutate, odd
from tests.fuzz.driver import Case

Make = Callable[[random.Random], bytes]
Read = Callable[[Path], object]

HOW = Extraction(ChannelMeans(), workers=0, device="cpu")
SMALL = random_images(6, seed=3)
PIXELS = np.random.default_rng(0).integers(0, 256, (4, 5, 6, 3), np.uint8)
SHAPES = {"conv.weight": (4, 3, 2, 2), "bn.bias": (4,)}


def of_files(makers: Sequence[tuple[str, Make]], read: Read) -> Callable[[Path], Case]:
    """Return a kind whose cases write the file of one of the makers, by name, and read it."""

    def prepare(folder: Path) -> Case:
        place = folder / "case"
        place.mkdir()

        def case(rng: random.Random) -> object:
            name, make = rng.choice(makers)
            # A new file each time: libraries know an open one again by its number.
            for old in place.iterdir():
                old.unlink()
            path = place / name
            path.write_bytes(make(rng))
            return read(path)

        return case

    return prepare


def read_statistics_file(path: Path) -> None:
    """Show, convert, merge and score a file of statistics."""
    loaded = Reference.load(path)
    loaded.line()
    json.dumps(loaded.provenance())
    convert(path, path.with_name("converted.npz"))
    evaluate(loaded, SMALL, HOW, metrics=("fid",))
    if loaded.count is not None:
        loaded.merge(OTHER)


def read_images(path: Path) -> None:
    """Score the images that a path leads to."""
    evaluate(SMALL, path, HOW, metrics=("fid", "precision"), k=1)


def read_folder(path: Path) -> None:
    """Score the images of the folder that a file is in."""
    path.with_name("z.png").write_bytes(encoded("PNG"))
    evaluate(SMALL, path.parent, HOW, metrics=("fid",))


def read_label_file(path: Path) -> None:
    """Give images the labels of a file beside them."""
    for number in range(3):
        path.with_name(f"{number}.png").write_bytes(encoded("PNG"))
    with_label_file(open_source(path.parent), read_labels(path))


def read_weights(path: Path) -> None:
    """Read a state dict and choose the tensors of a network."""
    network = torch.nn.Module()
    state = select_tensors(read_state_dict(path), SHAPES, ignored=("num_batches_tracked",), path=path)
    for name, value in state.items():
        network.register_buffer(name.replace(".", "_"), torch.empty(SHAPES[name]))
        getattr(network, name.replace(".", "_")).copy_(value)


def _own(seed: int, **options: Any) -> Reference:
    return Reference.from_images(random_images(20, seed=seed), HOW, **options)


def _own_file() -> bytes:
    return _written(*_own(1).pack())


def _written(header: dict[str, Any], arrays: dict[str, Any]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.npz"
        write_statistics(path, header, arrays)
        return path.read_bytes()


def _own_changed(reference: Reference) -> Make:
    """Return own references with the right digest and a header or arrays that are not."""

    def make(rng: random.Random) -> bytes:
        header, arrays = reference.pack()
        if rng.random() < 0.7:
            header = _as_dict(odd.changed_tree(rng, header, odd.plain))
        else:
            name = rng.choice(sorted(arrays))
            arrays = {**arrays, name: rng.choice(odd.ARRAYS)()}
        try:
            return _written(header, arrays)
        except Exception:  # what cannot be written so is no file that anybody has
            text = rng.choice(("[" * 100_000, '{"a":' * 50_000, "1" * 5000, "NaN", '"\\ud800"', "{}", "null", ""))
            return npz(header=np.array(text), **arrays if all(_is_plain(array) for array in arrays.values()) else {})

    return make


def _is_plain(array: object) -> bool:
    return isinstance(array, np.ndarray) and array.dtype.kind in "fiub"


def _as_dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {"x": value}


def npz(**arrays: object) -> bytes:
    """Return an npz of arrays."""
    file = io.BytesIO()
    np.savez(file, **arrays)  # type: ignore[arg-type]
    return file.getvalue()


def saved(content: object) -> bytes:
    """Return what torch.save writes of a value."""
    file = io.BytesIO()
    torch.save(content, file)
    return file.getvalue()


def saved_changed(content: object) -> Make:
    """Return files of torch with one part changed to an odd tensor or value."""

    def make(rng: random.Random) -> bytes:
        for _ in range(5):
            try:
                return saved(odd.changed_tree(rng, content, odd.storable))
            except Exception:  # what cannot be saved is no file that anybody has
                continue
        return b""

    return make


def _pickled_changed(content: object) -> Make:
    def make(rng: random.Random) -> bytes:
        for _ in range(5):
            try:
                return pickle.dumps(odd.changed_tree(rng, content, odd.anything), rng.randrange(6))
            except Exception:
                continue
        return b""

    return make


def encoded(form: str, size: tuple[int, int] = (9, 7), mode: str = "RGB", **options: Any) -> bytes:
    """Return a small image as a file."""
    file = io.BytesIO()
    rng = np.random.default_rng(size[0])
    channels = {"RGB": (3,), "RGBA": (4,), "L": (), "I;16": (), "CMYK": (4,), "LA": (2,)}
    if mode == "I;16":
        picture = Image.fromarray(rng.integers(0, 65536, size[::-1], np.uint16))
    elif mode == "P":
        picture = Image.fromarray(rng.integers(0, 256, (*size[::-1], 3), np.uint8)).quantize(8)
    elif mode == "1":
        picture = Image.fromarray(rng.integers(0, 256, size[::-1], np.uint8)).convert("1")
    else:
        picture = Image.fromarray(rng.integers(0, 256, (*size[::-1], *channels[mode]), np.uint8), mode=mode)
    picture.save(file, form, **options)
    return file.getvalue()


def _images() -> list[tuple[str, bytes]]:
    frames = [Image.new("RGB", (9, 7), colour) for colour in ("red", "blue")]
    return [
        ("x.png", encoded("PNG")),
        ("x.png", encoded("PNG", mode="I;16")),
        ("x.png", encoded("PNG", mode="RGBA")),
        ("x.png", encoded("PNG", mode="LA")),
        ("x.png", encoded("PNG", mode="P", transparency=0)),
        ("x.png", encoded("PNG", mode="1")),
        ("x.jpg", encoded("JPEG", (20, 18))),
        ("x.jpg", encoded("JPEG", (20, 18), progressive=True)),
        ("x.jpg", encoded("JPEG", (20, 18), mode="CMYK")),
        ("x.jpg", encoded("JPEG", (20, 18), mode="L", exif=_exif())),
        ("x.gif", encoded("GIF", mode="P")),
        ("x.gif", encoded("GIF", mode="P", save_all=True, append_images=frames, transparency=1)),
        ("x.webp", encoded("WEBP")),
        ("x.webp", encoded("WEBP", mode="RGBA", lossless=True)),
        ("x.tiff", encoded("TIFF")),
        ("x.tif", encoded("TIFF", mode="I;16")),
        ("x.tif", encoded("TIFF", compression="tiff_lzw")),
        ("x.bmp", encoded("BMP")),
        ("x.bmp", encoded("BMP", mode="P")),
    ]


def _exif() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif


def _members() -> list[tuple[str, bytes]]:
    return [(f"{label}/{number}.png", encoded("PNG", (6, 5 + number))) for number, label in enumerate("aab")]


def _zip() -> bytes:
    return mutate.zipped(random.Random(0), [*_members(), ("dataset.json", _dataset_json())])


def _dataset_json(labels: object = None) -> bytes:
    return json.dumps({"labels": labels or [[name, number] for number, (name, _) in enumerate(_members())]}).encode()


def _zip_of_labels(rng: random.Random) -> bytes:
    labels = odd.changed_tree(rng, json.loads(_dataset_json()), odd.plain)
    return mutate.zipped(rng, [*_members(), ("dataset.json", json.dumps(labels).encode())])


def _tar(*members: tuple[str, bytes]) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return file.getvalue()


def _parquet(**columns: Any) -> bytes:
    from pyarrow import BufferOutputStream, parquet, table

    pictures = [{"bytes": content, "path": name} for name, content in _members()]
    sink = BufferOutputStream()
    parquet.write_table(table({"image": pictures, "label": [0, 1, 1], **columns}), sink)
    return sink.getvalue().to_pybytes()


def _parquet_changed(rng: random.Random) -> bytes:
    name = rng.choice(("image", "label", "img", "x"))
    values = rng.choice(
        ([None] * 3, [1, None, 2], ["a", "b", None], [b"", b"x", b"y"], [1.5, float("nan"), 2.0], [[1], [2], [3]])
    )
    return _parquet(**{name: values})


def _hdf5(**more: Any) -> bytes:
    import h5py

    file = io.BytesIO()
    with h5py.File(file, "w") as content:
        for name, value in {"imgs": PIXELS.transpose(0, 3, 1, 2), "labels": np.arange(4), **more}.items():
            content[name] = value
    return file.getvalue()


def _hdf5_changed(rng: random.Random) -> bytes:
    try:
        return _hdf5(**{rng.choice(("imgs", "labels", "x")): rng.choice(odd.ARRAYS)()})
    except Exception:
        return _hdf5()


def _lines(rng: random.Random) -> bytes:
    rows: list[object] = [{"file_name": f"{number}.png", "label": 3} for number in range(3)]
    for _ in range(rng.randrange(3)):
        place = rng.randrange(3)
        rows[place] = odd.changed_tree(rng, rows[place], odd.plain)
    return "\n".join(json.dumps(row) for row in rows).encode()


def changed(data: bytes) -> Make:
    return partial(_change, data)


def _change(data: bytes, rng: random.Random) -> bytes:
    return mutate.changed_bytes(rng, data)


def _changed_members(data: bytes) -> Make:
    return lambda rng: mutate.changed_zip(rng, data)


def _changed_arrays(data: bytes) -> Make:
    return lambda rng: mutate.changed_npz(rng, data)


def _archive(name: str, data: bytes) -> list[tuple[str, Make]]:
    return [(name, changed(data)), (name, _changed_members(data))]


def npz_file(data: bytes) -> list[tuple[str, Make]]:
    return [*_archive("x.npz", data), ("x.npz", _changed_arrays(data))]


OTHER = _own(2)
MOMENTS = {"mu": np.zeros(3), "sigma": np.eye(3)}
SPATIAL = {"mu_s": np.zeros(4), "sigma_s": np.eye(4)}
EDM2 = {"num_images": 20, "fid": MOMENTS, "fd_dinov2": MOMENTS}
STYLEGAN = {
    "capture_all": False,
    "capture_mean_cov": True,
    "max_items": 20,
    "num_items": 20,
    "num_features": 3,
    "all_features": None,
    "raw_mean": np.zeros(3),
    "raw_cov": np.eye(3) * 20,
}
FEATURES = {**STYLEGAN, "capture_all": True, "capture_mean_cov": False, "all_features": [np.eye(3, dtype=np.float32)]}
FIDELITY = {"mu": np.zeros(3), "sigma": np.eye(3)}
TORCH_FIDELITY = {"mu": torch.zeros(3), "sigma": torch.eye(3)}
STATE = {"conv.weight": torch.ones(4, 3, 2, 2), "bn.bias": torch.zeros(4), "bn.num_batches_tracked": torch.tensor(1)}
PT_IMAGES = {"images": SMALL, "labels": torch.arange(6)}
SHARD = [
    (f"{number}.{suffix}", content)
    for number in range(3)
    for suffix, content in (("png", encoded("PNG")), ("cls", b"3"), ("json", b'{"label": 3}'))
]
CSV = b"file_name,label\n" + b"".join(b"%d.png,%d\n" % (number, number % 2) for number in range(3))


def _pickles() -> list[tuple[str, Make]]:
    contents = (EDM2, STYLEGAN, FEATURES)
    return [
        ("x.pkl", make)
        for content in contents
        for make in (changed(pickle.dumps(content)), _pickled_changed(content), _pickled_changed(content))
    ]


def torch_files(content: object) -> list[tuple[str, Make]]:
    changed = saved_changed(content)
    return [*_archive("x.pt", saved(content)), ("x.pt", changed), ("x.pt", changed)]


def _references() -> list[tuple[str, Make]]:
    changed = [_own_changed(_own(1)), _own_changed(_own(1, spatial=False, interval=False))]
    return [*npz_file(_own_file()), *(("x.npz", make) for make in changed * 3)]


def _lazy(makers: Callable[[], Sequence[tuple[str, Make]]], read: Read) -> Callable[[Path], Case]:
    return of_files(makers(), read)


def _csv_and_lines() -> list[tuple[str, Make]]:
    return [("x.csv", changed(CSV)), ("x.jsonl", _lines), ("x.jsonl", lambda rng: _change(_lines(rng), rng))]


KINDS: dict[str, Callable[[Path], Case]] = {
    "references": _lazy(_references, read_statistics_file),
    "mu-sigma": _lazy(
        lambda: [
            *npz_file(npz(**MOMENTS)),
            *npz_file(npz(**MOMENTS, **SPATIAL)),
            *npz_file(npz(feats=np.eye(20, 3, dtype=np.float32))),
        ],
        read_statistics_file,
    ),
    "pickles": _lazy(_pickles, read_statistics_file),
    "torch-fidelity": _lazy(
        lambda: [*torch_files(TORCH_FIDELITY), *torch_files(FIDELITY)],
        read_statistics_file,
    ),
    "weights": _lazy(lambda: torch_files(STATE), read_weights),
    "zips": _lazy(lambda: [*_archive("x.zip", _zip()) * 2, ("x.zip", _zip_of_labels)], read_images),
    "npz-images": _lazy(lambda: npz_file(npz(arr_0=PIXELS, arr_1=np.arange(4))), read_images),
    "pt-images": _lazy(lambda: [*torch_files(PT_IMAGES), *torch_files(SMALL)], read_images),
    "images": _lazy(lambda: [(name, changed(data)) for name, data in _images()], read_folder),
    "tars": _lazy(lambda: [("x.tar", changed(_tar(*_members()))), ("x.tar", changed(_tar(*SHARD)))], read_images),
    "parquet": _lazy(lambda: [("x.parquet", changed(_parquet())), ("x.parquet", _parquet_changed)], read_images),
    "hdf5": _lazy(lambda: [("x.h5", changed(_hdf5())), ("x.h5", _hdf5_changed)], read_images),
    "labels": _lazy(_csv_and_lines, read_label_file),
}
