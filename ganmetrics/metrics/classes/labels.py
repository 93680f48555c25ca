"""The classes of two sides' images, checked against each other."""

from collections.abc import Sequence

from ganmetrics._text import listed, shown
from ganmetrics.errors import InputError


def class_names(
    real_classes: Sequence[str], fake_classes: Sequence[str], *, real_count: int, fake_count: int
) -> list[str]:
    """Return the names of the real images' classes, sorted.

    Args:
        real_classes: the class of each real image.
        fake_classes: the class of each fake image.
        real_count: how many real images there are.
        fake_count: how many fake images there are.

    Raises:
        InputError: if there is not one name for each image, or a fake image is of a class without a real image.

    >>> class_names(["dog", "cat"], ["cat"], real_count=2, fake_count=1)
    ['cat', 'dog']
    """
    for role, classes, count in (("real", real_classes, real_count), ("fake", fake_classes, fake_count)):
        if not isinstance(classes, Sequence) or not all(isinstance(name, str) for name in classes):
            raise InputError(f"{role}_classes must be a sequence of names; got {shown(classes)}")
        if len(classes) != count:
            raise InputError(f"each {role} image needs a class; there are {count} images, {len(classes)} classes")
    names = sorted(set(real_classes))
    unknown = sorted(set(fake_classes) - set(names))
    if unknown:
        raise InputError(f"fake images need classes of the real ones; {listed(unknown)} has no real image")
    return names
