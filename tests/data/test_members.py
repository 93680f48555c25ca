"""Images are known by their extension, in any case; class folders by covering every image."""

import pytest

from ganmetrics.data.members import IMAGE_EXTENSIONS, class_folders, class_of_path, is_hidden, is_image_name


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


def test_class_folders_must_cover_all_images():
    """One image outside of folders, or one folder for all, and the folders are no classes."""
    assert class_folders(["a/1.png", "b/x/1.png"]) == {"a", "b"}
    assert class_folders(["a/1.png", "b/1.png", "1.png"]) == set()
    assert class_folders(["all/1.png", "all/x/2.png"]) == set()
    assert class_of_path("b/x/1.png", frozenset({"a", "b"})) == "b"
    assert class_of_path("all/1.png", frozenset()) is None
