"""A file of labels is read by name or in order, and its every fault has a line."""

import os
from pathlib import Path

import numpy as np
import pytest

from ganmetrics.data import label_file
from ganmetrics.data.label_file import read_labels
from ganmetrics.data.looking import audit
from ganmetrics.data.sources import open_source, with_label_file
from ganmetrics.errors import InputError


@pytest.fixture
def labels(tmp_path):
    """Return a reader of labels from a text."""

    def read(text, name="labels.csv"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return read_labels(tmp_path / name)

    return read


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("file_name,label\n0.png,cat\n1.png,dog\n2.png,cat\n", "labels.csv"),  # Hugging Face's metadata.csv
        ("\ufefffile_name,label\r\n0.png,cat\r\n1.png,dog\r\n2.png,cat\r\n", "labels.csv"),  # as Excel saves it
        ("0.png,cat\n1.png,dog\n2.png,cat\n", "labels.csv"),
        ("score,class,path\n1,cat,0.png\n2,dog,1.png\n3,cat,2.png\n", "labels.csv"),
        ("2.png,cat\n1.png,dog\n0.png,cat\nother.png,fox\n", "labels.csv"),  # any order, and more than there are images
        ("label\ncat\ndog\ncat\n", "labels.csv"),
        ("cat\ndog\n\ncat\n", "labels.txt"),
        ('{"file_name": "0.png", "label": "cat"}\n{"file_name": "1.png", "label": "dog"}\n'
         '{"file_name": "2.png", "label": "cat", "text": "a cat"}\n', "metadata.jsonl"),
        ('{"label": "cat"}\n{"label": "dog"}\n\n{"label": "cat"}\n', "labels.JSONL"),
    ],
)  # fmt: skip
def test_every_form_gives_the_same_classes(folder, labels, text, name):
    """With and without a header, by name and in order, CSV and JSON lines."""
    source = with_label_file(open_source(folder), labels(text, name))
    assert [source.class_of(index) for index in range(3)] == ["cat", "dog", "cat"]
    assert audit(source).classes_line() == f"2 classes from {folder.parent / name}, of 1 to 2 images"


def test_whole_numbers_are_named_by_their_text(labels):
    """A class is called the same in both kinds of file."""
    assert labels("3\n7\n").in_order == labels('{"label": 3}\n{"label": 7}\n', "a.jsonl").in_order == ("3", "7")


@pytest.mark.parametrize(
    ("text", "name", "reason"),
    [
        ("", "labels.csv", "needs to hold labels; it is empty"),
        ("label\n", "labels.csv", "it is empty"),
        ("a.png,1\nb.png\n", "labels.csv", "needs 2 columns in each line; line 2 has 1"),
        ("a,b,c\n1,2,3\n", "labels.csv", "needs a header with a column label or class or target or cls; .* a,b,c"),
        ("a.png,1\na.png,2\n", "labels.csv", "one label for each name; line 2 has a.png again"),
        ("a.png,1\nb.png,\n", "labels.csv", "a label in each line; line 2 has an empty one"),
        ("[1]\n", "labels.jsonl", "an object in each line; line 1 has list"),
        ('{"label": 1}\nx\n', "labels.jsonl", "line 2 is no JSON"),
        ('{"label": 1.5}\n', "labels.jsonl", 'a whole number or a text, in each line; line 1 has {"label": 1.5}'),
        ('{"file_name": "a.png"}\n', "labels.jsonl", "a label, .* line 1 has"),
        ('{"label": null}\n', "labels.jsonl", "line 1 has an empty one"),
        ('{"label": 1}\n{"label": 1, "path": "a"}\n', "labels.jsonl", "names in all lines or in none; line 2 differs"),
    ],
)
def test_faults_are_told_with_their_line(labels, text, name, reason):
    """One line names the file, the line in it, what is needed and what came."""
    with pytest.raises(InputError, match=rf"{name} needs {reason}|{name} .*{reason}") as caught:
        labels(text, name)
    assert "\n" not in str(caught.value)


def test_files_that_cannot_be_read(tmp_path):
    """A missing file and one that is no text."""
    with pytest.raises(InputError, match=r"none\.csv cannot be read as labels: No such file"):
        read_labels(tmp_path / "none.csv")
    (tmp_path / "a.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match=r"a\.csv cannot be read as labels: it is no text in UTF-8"):
        read_labels(tmp_path / "a.csv")


def test_labels_that_do_not_match_the_images(folder, labels, noise, encoded):
    """An image without a label, another count, images without names, and file names that are not unique."""
    with pytest.raises(InputError, match=r"a label for each image of \S+set; 1 of 3 have none, the first is 2\.png"):
        with_label_file(open_source(folder), labels("0.png,a\n1.png,b\n"))
    with pytest.raises(InputError, match=r"labels\.csv must have one class for each of the 3 images of \S+set; got 2"):
        with_label_file(open_source(folder), labels("a\nb\n"))
    with pytest.raises(InputError, match="has labels by name; the images of array have none, only an order"):
        with_label_file(open_source(np.zeros((1, 1, 1, 3), np.uint8)), labels("0.png,a\n"))
    (folder / "deep").mkdir()
    (folder / "deep" / "1.png").write_bytes(encoded(noise()))
    with pytest.raises(InputError, match=r"needs paths, not file names: two images of \S+ are called 1\.png"):
        with_label_file(open_source(folder), labels("0.png,a\n1.png,b\n2.png,b\n"))
    whole = labels("0.png,a\n1.png,b\n2.png,b\ndeep/1.png,c\n")
    assert with_label_file(open_source(folder), whole).class_of(3) == "c"


def test_a_device_that_never_ends_holds_no_labels(monkeypatch):
    """It is read to the bound."""
    monkeypatch.setattr(label_file, "_LARGEST", 1000)
    with pytest.raises(InputError, match=r"^/dev/zero cannot be read as labels: it has more than 1\.0 kB$"):
        read_labels(Path("/dev/zero"))


def test_lines_of_endless_brackets_are_no_json(labels):
    """Python's reader goes no deeper than its calls do."""
    with pytest.raises(InputError, match="line 1 is no JSON"):
        labels("[" * 200_000, "labels.jsonl")


def test_a_pipe_that_nobody_writes_to_is_not_waited_for(tmp_path):
    """Whatever its name says."""
    os.mkfifo(tmp_path / "labels.csv")
    with pytest.raises(InputError, match=r"labels\.csv cannot be read as labels: it is a pipe that gives nothing"):
        read_labels(tmp_path / "labels.csv")
