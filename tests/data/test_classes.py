"""Classes are the labels of a dataset.json, or folders that do more than number the files."""

import io
import json
import zipfile

import pytest

from ganmetrics.data.archives import ZipSource
from ganmetrics.data.classes import (
    class_folders,
    classes_of_paths,
    folders_above_all,
    number_the_files,
    read_dataset_json,
)
from ganmetrics.data.folders import FolderSource
from ganmetrics.data.looking import audit
from ganmetrics.data.sources import open_source
from ganmetrics.errors import InputError


def test_class_folders_must_cover_all_images():
    """One image outside of folders, or one folder for all, and the folders are no classes."""
    assert class_folders(["a/1.png", "b/x/1.png"]) == {"a", "b"}
    assert class_folders(["a/1.png", "b/1.png", "1.png"]) == set()
    assert class_folders(["all/1.png", "all/x/2.png"]) == set()
    assert classes_of_paths(["a/1.png", "b/x/1.png"]).names == ("a", "b")


def stylegan(count, size=1000):
    """Return the paths that StyleGAN's tool gives so many images, `size` a folder."""
    return [f"{index // size:05d}/img{index:08d}.png" for index in range(count)]


@pytest.mark.slow
@pytest.mark.parametrize(
    "paths",
    [
        stylegan(2500),
        stylegan(2500)[700:2100],  # a part of them
        [f"{seed - seed % 1000:06d}/{seed:06d}.png" for seed in range(0, 3000, 7)],  # EDM's sampler, a choice of seeds
        stylegan(60, size=20),
        [f"{index // 20:05d}/{name}.png" for index, name in enumerate("abcdefghijklmnopqrstuvwxyz" * 2)],
        [f"{index // 10}/{index}.png" for index in range(35)],  # numbers run on, whatever their width
    ],
)
def test_folders_that_only_number_the_files_are_no_classes(paths):
    """The layouts of StyleGAN's and EDM's tools, whole or in part, and folders of equal size that count on."""
    assert number_the_files(paths)
    assert classes_of_paths(paths).names is None
    assert classes_of_paths(paths).no_classes == "folders only number the files"


@pytest.mark.parametrize(
    "paths",
    [
        [f"{index % 10}/{index:05d}.png" for index in range(100)],  # CIFAR-10 by class, numbered as in the data set
        [f"{label:03d}/{index:04d}.png" for label in range(10) for index in range(50)],  # numbers begin anew
        [f"{label}/{'abc'[index]}.png" for label in range(10) for index in range(3)],
        [f"n{label:05d}/{index}.png" for label in range(3) for index in range(4)],
        ["00000/1.png", "00000/2.png", "00007/a.png", "00009/b.png"],
        ["0/1.png", "1/2.png", "1/3.png"],  # the last folder would be the fullest
    ],
)
def test_numbered_class_folders_stay_classes(paths):
    """Classes that are called by numbers hold files whose numbers begin anew, or are spread over them."""
    assert not number_the_files(paths)
    assert set(classes_of_paths(paths).names) == {path.split("/")[0] for path in paths}


def write(root, files):
    """Write files below a folder, and the same into a zip; return both paths."""
    root.mkdir()
    with zipfile.ZipFile(root.with_suffix(".zip"), "w") as archive:
        for path, data in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(data)
            archive.writestr(path, data)
    return root, root.with_suffix(".zip")


@pytest.fixture
def stylegan_set(tmp_path, noise, encoded):
    """Return a writer of a set as StyleGAN's dataset_tool.py lays it out, as a folder and as a zip."""

    def make(labels, **others):
        files = {path: encoded(noise(seed=index)) for index, path in enumerate(stylegan(6, size=2))}
        stored = {"labels": labels(list(files)) if callable(labels) else labels}
        return write(tmp_path / "set", {**files, "dataset.json": json.dumps(stored).encode(), **others})

    return make


def test_labels_of_dataset_json_cut_across_the_folders(stylegan_set):
    """Each image has its own label, in a folder and in a zip; the audit says so and counts dataset.json as used."""
    for path in stylegan_set(lambda names: [[name, index % 3] for index, name in enumerate(names)]):
        source = open_source(path)
        assert [source.class_of(index) for index in range(6)] == ["0", "1", "2", "0", "1", "2"]
        assert audit(source).line() == "6 images, PNG, 9x6 pixels; 3 classes from dataset.json, of 2 images each"


@pytest.mark.parametrize("labels", [None, lambda paths: [[path, None] for path in paths]])
def test_null_labels_are_no_classes(stylegan_set, labels):
    """An unconditional set has none, and its folders are none either."""
    for path in stylegan_set(labels):
        source = open_source(path)
        assert source.class_of(0) is None
        assert audit(source).line().endswith("; no classes: dataset.json has no labels")


def test_without_dataset_json_numbered_folders_are_refused_as_classes(stylegan_set):
    """The audit says why there are none."""
    folder, _ = stylegan_set(None)
    (folder / "dataset.json").unlink()
    assert audit(FolderSource(folder)).line() == "6 images, PNG, 9x6 pixels; no classes: folders only number the files"


@pytest.mark.parametrize(
    ("labels", "reason"),
    [
        (lambda paths: [[path, 0] for path in paths[:4]], "needs a label for each image; 2 of 6 have none, .* 00002/"),
        (lambda paths: [[paths[0], 1], *[[path, None] for path in paths[1:]]], "for all images or for none; .* 1 of 6"),
        (lambda paths: [[path, [0.0, 1.0]] for path in paths], r"whole numbers or texts; 00000/\S+ has \[0.0, 1.0\]"),
        (lambda paths: [[path, 1.5] for path in paths], "whole numbers or texts"),
        (lambda paths: [[path, 1] for path in [*paths, paths[0]]], "has two labels for 00000/img00000000.png"),
        ({"a": 1}, "null or pairs of a path and a class; got {'a': 1}"),
        ([["a", 1, 2]], "null or pairs"),
    ],
)
def test_labels_that_do_not_match(stylegan_set, labels, reason):
    """One line names the file and the first image that is wrong."""
    for path in stylegan_set(labels):
        with pytest.raises(InputError, match=rf"dataset\.json .*{reason}") as caught:
            open_source(path)
        assert "\n" not in str(caught.value)
        assert str(path) in str(caught.value)


def test_broken_json_is_refused(tmp_path, noise, encoded):
    """A file that ends early is told with its place."""
    for path in write(tmp_path / "set", {"1.png": encoded(noise()), "dataset.json": b'{"labels": ['}):
        with pytest.raises(InputError, match=r"dataset\.json cannot be read as JSON: "):
            open_source(path)


def test_another_tools_dataset_json_is_another_file(tmp_path, noise, encoded):
    """Without the key it says nothing of classes: the folders do, and the file is counted as ignored."""
    files = {"cat/a.png": encoded(noise()), "dog/a.png": encoded(noise()), "dataset.json": b'{"name": "pets"}'}
    for path in write(tmp_path / "set", files):
        found = audit(open_source(path))
        assert found.line().endswith("; 1 file that is no image passed over; 2 class folders of 1 image each")
    assert read_dataset_json(b"[]", [], "x") is None


def test_a_damaged_dataset_json_in_a_zip_is_named(tmp_path, noise, encoded):
    """The checksum of the member is verified."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("1.png", encoded(noise()))
        archive.writestr("dataset.json", '{"labels": null}')
    path = tmp_path / "set.zip"
    path.write_bytes(data.getvalue().replace(b'"labels": null', b'"labels": NULL'))
    with pytest.raises(InputError, match=r"set\.zip::dataset\.json: bad checksum in the archive"):
        ZipSource(path)


def test_what_systems_keep_is_passed_over_and_counted(tmp_path, noise, encoded):
    """Thumbnails of Windows, macOS and network storage are no images of the set."""
    picture = encoded(noise())
    names = ["1.png", "a/Thumbs.db", "a/@eaDir/1.png/SYNOPHOTO_THUMB_XL.jpg", "a/@eaDir/2.jpg", "a/2.png"]
    names += [".thumbnails/1.png", "._1.png", "__MACOSX/._1.png", ".DS_Store", "a/.@__thumb/s1.jpg", "Desktop.ini"]
    for path in write(tmp_path / "set", dict.fromkeys(names, picture)):
        source = open_source(path)
        assert [source.member(index) for index in range(len(source))] == ["1.png", "a/2.png"]
        assert audit(source).line() == "2 images, PNG, 9x6 pixels; 8 system files passed over"


def test_a_folder_above_all_says_nothing_of_classes():
    """An archive of a folder, packed with its name, has the classes of that folder."""
    assert classes_of_paths(["set/cat/1.png", "set/dog/1.png"]).names == ("cat", "dog")
    assert classes_of_paths(["data/set/cat/1.png", "data/set/dog/1.png"]).names == ("cat", "dog")
    assert classes_of_paths(["set/1.png", "set/2.png"]).names is None
    assert classes_of_paths([f"set/{path}" for path in stylegan(1200)]).no_classes
    assert folders_above_all(["a/b/1.png"]) == ["", "a/", "a/b/"]
    assert folders_above_all(["a/b/1.png", "a/bc/1.png"]) == ["", "a/"]


@pytest.mark.parametrize("kind", ["zip", "folder"])
def test_labels_beside_a_folder_above_all(tmp_path, noise, encoded, kind):
    """`zip -r set.zip set` puts dataset.json below the root as well."""
    paths = stylegan(4, size=2)
    labels = json.dumps({"labels": [[path, number % 3] for number, path in enumerate(paths)]})
    data = encoded(noise(seed=1))
    if kind == "zip":
        with zipfile.ZipFile(tmp_path / "set.zip", "w") as archive:
            for path in paths:
                archive.writestr(f"set/{path}", data)
            archive.writestr("set/dataset.json", labels)
        source = open_source(tmp_path / "set.zip")
    else:
        for path in paths:
            (tmp_path / "outer" / "set" / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "outer" / "set" / path).write_bytes(data)
        (tmp_path / "outer" / "set" / "dataset.json").write_text(labels)
        source = open_source(tmp_path / "outer")
    assert [source.class_of(index) for index in range(4)] == ["0", "1", "2", "0"]
    assert (source.ignored, source.listing.classes_from) == (0, "dataset.json")


@pytest.mark.parametrize("path", ["2/{}.png", "{}/1.png", "2/{}x.png"])
def test_numbers_of_any_length_in_names(path):
    """In an archive a name may have 65,535 digits, of which Python makes no number: such a name is no number."""
    assert number_the_files(["1/0.png", path.format("9" * 65_000)]) is False
    assert number_the_files(["1/0.png", "2/1.png"]) is True


def test_a_dataset_json_of_endless_brackets(tmp_path):
    """It is as little JSON as one that breaks off."""
    (tmp_path / "1.png").write_bytes(b"")
    (tmp_path / "dataset.json").write_text("[" * 200_000)
    with pytest.raises(InputError, match=r"dataset\.json cannot be read as JSON: maximum recursion depth"):
        FolderSource(tmp_path)
