"""Which names in a folder or archive are images, and which belong to the system that it was kept on."""

from pathlib import PurePosixPath

from ganmetrics.errors import InputError

MEMBER_LIMIT = 1 << 30
"""The largest image file that is read, in bytes: more than any image that is decoded can take."""

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

# macOS, Windows, and the thumbnails and recycle bins of Synology's and QNAP's storage, in lower case.
_OF_SYSTEMS = frozenset(
    {"__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", "$recycle.bin", "@eadir", "#recycle", "@recycle"}
)


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
    return hidden_part(path) is not None


def hidden_part(path: str) -> str | None:
    """Return a path up to the first name in it that systems keep for themselves; None where there is none.

    >>> hidden_part("cat/@eaDir/1.png/SYNOPHOTO_THUMB_XL.jpg"), hidden_part("cat/1.png")
    ('cat/@eaDir', None)
    """
    parts = path.split("/")
    for place, part in enumerate(parts, start=1):
        if part.startswith(".") or part.lower() in _OF_SYSTEMS:
            return "/".join(parts[:place])
    return None


def no_images(name: object, others: int) -> InputError:
    """Return the error of a place that holds no image, with the number of its other files.

    >>> print(no_images("set.zip", 1))
    set.zip needs to hold image files; it has none, only 1 other file
    """
    held = f", only {others:,} other file{'' if others == 1 else 's'}" if others else ""
    return InputError(f"{name} needs to hold image files; it has none{held}")
