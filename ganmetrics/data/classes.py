"""What are classes in a folder or archive: the labels of a dataset.json, or folders that do more than number files."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePosixPath

from ganmetrics._text import clipped, one_line, shown
from ganmetrics.errors import InputError

DATASET_JSON = "dataset.json"
"""Where StyleGAN's and EDM's tools keep the class of each image, beside folders that only number the files."""

ONLY_NUMBERS = "folders only number the files"

_BUCKET_DIGITS = 5  # StyleGAN's tools write 00000/, EDM's sampler 000000/
_BUCKET = 1000
_DIGITS = "0123456789"
_MOST_DIGITS = 255  # the longest name of a file; Python refuses numbers of some thousands

_JSON_LIMIT = 1 << 26
_JSON_BYTES_AN_IMAGE = 1000


@dataclass(frozen=True)
class Classes:
    """The class of each image of a set.

    Attributes:
        names: of each image in order; None where there are no classes.
        classes_from: what they were taken from: ``folders``, ``dataset.json``.
        no_classes: why folders were not taken for classes.
    """

    names: tuple[str, ...] | None = None
    classes_from: str = ""
    no_classes: str = ""

    def of(self, index: int) -> str | None:
        """Return the class of an image."""
        return None if self.names is None else self.names[index]


def classes_of_paths(paths: Sequence[str]) -> Classes:
    """Return the first-level folders below the one that holds all, unless they are none or only number the files.

    >>> classes_of_paths(["cat/1.png", "dog/1.png"]).names
    ('cat', 'dog')
    >>> classes_of_paths(["00000/img00000999.png", "00001/img00001000.png"])
    Classes(names=None, classes_from='', no_classes='folders only number the files')
    """
    # An archive of a folder has that folder above all its members.
    below = len(folders_above_all(paths)[-1])
    paths = [path[below:] for path in paths]
    if not class_folders(paths):
        return Classes()
    if number_the_files(paths):
        return Classes(no_classes=ONLY_NUMBERS)
    return Classes(tuple(path.partition("/")[0] for path in paths), "folders")


def folders_above_all(paths: Sequence[str]) -> list[str]:
    """Return the folders that hold all paths, from the root, which is empty, to the deepest.

    >>> folders_above_all(["set/cat/1.png", "set/dog/1.png"]), folders_above_all(["1.png", "a/1.png"])
    (['', 'set/'], [''])
    """
    # What the first and the last of sorted names begin with, all begin with.
    first, last = (name.split("/")[:-1] for name in (min(paths), max(paths)))
    found = [""]
    for one, other in zip(first, last, strict=False):
        if one != other:
            break
        found.append(f"{found[-1]}{one}/")
    return found


def json_limit(images: int) -> int:
    """Return how many bytes a JSON file beside so many images may have: StyleGAN's and EDM's have about 40 an image.

    A small file can unpack to any number of brackets, of which Python makes far more bytes.

    >>> json_limit(1), json_limit(1_000_000)
    (67108864, 1000000000)
    """
    return max(_JSON_LIMIT, images * _JSON_BYTES_AN_IMAGE)


def class_folders(paths: Sequence[str]) -> frozenset[str]:
    """Return the first-level folders if they may be classes: two or more, and every image in one of them.

    >>> sorted(class_folders(["cat/1.png", "dog/1.png"]))
    ['cat', 'dog']
    >>> class_folders(["cat/1.png", "2.png"]), class_folders(["all/1.png", "all/2.png"])
    (frozenset(), frozenset())
    """
    tops = {path.partition("/")[0] if "/" in path else "" for path in paths}
    return frozenset() if "" in tops or len(tops) < 2 else frozenset(tops)  # noqa: PLR2004


def number_the_files(paths: Sequence[str]) -> bool:
    """Tell whether first-level folders say no more than which file is the how-manieth.

    All names are numbers, and either the folder of each file follows from the file's own number, as StyleGAN's and
    EDM's tools write it, a thousand a folder; or all folders but the last hold equally many files and are evenly spaced
    numbers of five digits or more, or the numbers of the files run on from folder to folder.

    >>> number_the_files(["0/7.png", "1/2.png"]), number_the_files(["0/1.png", "0/2.png", "1/3.png"])
    (False, True)
    """
    folders: dict[str, list[int | None]] = {}
    for path in paths:
        folders.setdefault(path.partition("/")[0], []).append(_number_of(path))
    if not all(name.isascii() and name.isdecimal() and len(name) <= _MOST_DIGITS for name in folders):
        return False
    ordered = [(int(name), folders[name]) for name in sorted(folders, key=int)]
    wide = len({len(name) for name in folders}) == 1 and len(next(iter(folders))) >= _BUCKET_DIGITS
    if wide and all(_follows(folder, number) for folder, numbers in ordered for number in numbers):
        return True
    sizes = [len(numbers) for _, numbers in ordered]
    if len(set(sizes[:-1])) > 1 or sizes[-1] > sizes[0]:
        return False
    steps = {after - before for (before, _), (after, _) in pairwise(ordered)}
    return (wide and len(steps) == 1) or _run_on([numbers for _, numbers in ordered])


def read_dataset_json(data: bytes, paths: Sequence[str], name: str) -> Classes | None:
    """Return the classes that a dataset.json gives the images of a set; None where it is another tool's file.

    Args:
        data: the file: an object whose ``labels`` are null, or a list of pairs of a path and a class.
        paths: of the images, relative to the folder or archive, in order.
        name: what messages call the file.

    Raises:
        InputError: the file is no JSON, a label is neither a whole number nor a text, some are null and others not, or
            an image has none.

    >>> data = b'{"labels": [["00000/img00000000.png", 6]]}'
    >>> read_dataset_json(data, ["00000/img00000000.png"], "set.zip::dataset.json")
    Classes(names=('6',), classes_from='dataset.json', no_classes='')
    """
    try:
        stored = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{name} cannot be read as JSON: {one_line(error)}") from None
    if not isinstance(stored, dict) or "labels" not in stored:
        return None
    labels = _by_path(stored["labels"], name)
    if not labels:
        return Classes(no_classes=f"{DATASET_JSON} has no labels")
    missing = [path for path in paths if path not in labels]
    if missing:
        raise InputError(
            f"{name} needs a label for each image; {len(missing):,} of {len(paths):,} have none, "
            f"the first is {clipped(missing[0])}"
        )
    return Classes(tuple(labels[path] for path in paths), DATASET_JSON)


def _by_path(labels: object, name: str) -> Mapping[str, str]:
    """Return the class of each path; nothing where all labels are null."""
    if labels is None:
        return {}
    pairs = labels if isinstance(labels, list) else [labels]
    found: dict[str, str | None] = {}
    for pair in pairs:
        if not (isinstance(pair, list) and len(pair) == 2 and isinstance(pair[0], str)):  # noqa: PLR2004
            raise InputError(f"{name} needs labels that are null or pairs of a path and a class; got {shown(pair)}")
        path, label = pair
        if isinstance(label, bool) or not isinstance(label, int | str | None):
            raise InputError(
                f"{name} needs classes that are whole numbers or texts; {clipped(path)} has {shown(label)}"
            )
        if path in found:
            raise InputError(f"{name} has two labels for {clipped(path)}")
        found[path] = None if label is None else str(label)
    given = {path: label for path, label in found.items() if label is not None}
    if given and len(given) < len(found):
        raise InputError(f"{name} needs labels for all images or for none; it has {len(given):,} of {len(found):,}")
    return given


def _number_of(path: str) -> int | None:
    """Return the number that a file's name ends with."""
    stem = PurePosixPath(path).stem
    digits = stem[len(stem.rstrip(_DIGITS)) :]
    return int(digits) if 0 < len(digits) <= _MOST_DIGITS else None


def _follows(folder: int, number: int | None) -> bool:
    return number is not None and folder in (number // _BUCKET, number - number % _BUCKET)


def _run_on(folders: Sequence[list[int | None]]) -> bool:
    """Tell whether every file's number is above all those of the folders before its own."""
    known = [[number for number in numbers if number is not None] for numbers in folders]
    if any(len(numbers) < len(folder) for numbers, folder in zip(known, folders, strict=True)):
        return False
    return all(max(before) < min(after) for before, after in pairwise(known))
