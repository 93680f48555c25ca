"""Images are known by their extension, in any case; what systems keep for themselves by its name."""

import pytest

from ganmetrics.data.members import IMAGE_EXTENSIONS, is_hidden, is_image_name


@pytest.mark.parametrize("extension", sorted(IMAGE_EXTENSIONS))
def test_extensions_in_any_case(extension):
    """Lower, upper and mixed case are the same extension."""
    assert all(is_image_name(f"a/b{spelt}") for spelt in (extension, extension.upper(), extension.title()))


@pytest.mark.parametrize("name", ["png", "a.txt", "a.png.txt", "a.png/b", ".png"])
def test_other_names_are_no_images(name):
    """The extension of the last part decides, and a name that is only an extension has none."""
    assert not is_image_name(name)


def test_hidden_anywhere_in_the_path():
    """A hidden folder hides what is in it."""
    assert is_hidden(".cache/a/1.png")
    assert is_hidden("a/__MACOSX/1.png")
    assert not is_hidden("a.b/1.png")
