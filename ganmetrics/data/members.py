"""Which names in a folder or archive are images, and which class folder each lies in."""

from collections.abc import Sequence
from pathlib import PurePosixPath

IMAGE_EXTENSIONS = frozenset(
    {
        ".png",
        ".apng",
        ".jpg",
        ".jpeg",
        ".jpe",
        ".jfif",
        ".bmp",
        ".dib",
        ".gif",
        ".webp",
        ".tif",
        ".tiff",
        ".ppm",
        ".pgm",
        ".pbm",
        ".pnm",
        ".avif",
        ".avifs",
        ".jp2",
        ".j2k",
        ".jpx",
        ".qoi",
    }
)
"""Extensions of image files, in lower case; files are matched in any case."""


def is_image_name(path: str) -> bool:
    """Return whether a path has the extension of an image.

    >>> is_image_name("cat/1.PNG"), is_image_name("labels.json")
    (True, False)
    """
    return PurePosixPath(path).suffix.lower() in IMAGE_EXTENSIONS


def is_hidden(path: str) -> bool:
    """Return whether a relative path lies behind a name that systems keep for themselves.

    >>> is_hidden("cat/.thumb.png"), is_hidden("__MACOSX/cat/1.png"), is_hidden("cat/1.png")
    (True, True, False)
    """
    return any(part.startswith(".") or part == "__MACOSX" for part in path.split("/"))


def class_folders(paths: Sequence[str]) -> frozenset[str]:
    """Return the first-level folders if they are classes: two or more, and every image in one of them.

    >>> sorted(class_folders(["cat/1.png", "dog/1.png"]))
    ['cat', 'dog']
    >>> class_folders(["cat/1.png", "2.png"]), class_folders(["all/1.png", "all/2.png"])
    (frozenset(), frozenset())
    """
    tops = {path.partition("/")[0] if "/" in path else "" for path in paths}
    return frozenset() if "" in tops or len(tops) < 2 else frozenset(tops)  # noqa: PLR2004


def class_of_path(path: str, classes: frozenset[str]) -> str | None:
    """Return the class folder of an image, None where the folders are no classes.

    >>> class_of_path("cat/a/1.png", frozenset({"cat", "dog"}))
    'cat'
    """
    top = path.partition("/")[0]
    return top if top in classes else None
