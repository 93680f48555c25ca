"""Images in memory are uint8 of one layout; anything else is refused with the way to convert it."""

import numpy as np
import pytest
import torch

from ganmetrics.data.arrays import check_images, open_array, open_tensor
from ganmetrics.data.decode import MAX_PIXELS
from ganmetrics.errors import InputError


def test_tensor_and_array_hold_the_same_images(noise):
    """A tensor [n, 3, h, w] and an array [n, h, w, 3] of the same images read alike."""
    array = np.stack([noise(seed=seed) for seed in range(3)])
    tensor = torch.from_numpy(array).permute(0, 3, 1, 2)
    for source, name in ((open_array(array), "array"), (open_tensor(tensor), "tensor")):
        assert (source.read(1) == array[1]).all()
        assert source.read(1).flags.c_contiguous
        assert (len(source), source.label(2), source.uniform_size, source.name) == (3, f"{name}[2]", (9, 6), name)
        assert source.class_of(0) is None


@pytest.mark.parametrize(
    ("images", "hint"),
    [
        (torch.zeros(2, 3, 4, 5), r"got float32 \[2, 3, 4, 5\]; ganmetrics.to_uint8 maps floats"),
        (
            torch.zeros(2, 3, 4, 5, dtype=torch.int64),
            r"got int64 .*images.to\(torch.uint8\) is right for values from 0 to",
        ),
        (
            torch.zeros(2, 4, 5, 3),
            r"; ganmetrics.to_uint8 maps .*; images.permute\(0, 3, 1, 2\) puts the channels second$",
        ),
        (torch.zeros(2, 4, 5, 1, dtype=torch.uint8), r"permute\(0, 3, 1, 2\).expand\(-1, 3, -1, -1\) repeats a gray"),
        (torch.zeros(2, 3, 0, 5, dtype=torch.uint8), r"got uint8 \[2, 3, 0, 5\]$"),
        (torch.zeros(2, 4, 5, 3, dtype=torch.uint8), r"permute\(0, 3, 1, 2\) puts the channels second"),
        (torch.zeros(2, 1, 4, 5, dtype=torch.uint8), r"expand\(-1, 3, -1, -1\) repeats a gray channel"),
        (torch.zeros(2, 4, 4, 5, dtype=torch.uint8), r"got uint8 \[2, 4, 4, 5\]$"),
        (torch.zeros(3, 4, 5, dtype=torch.uint8), r"got uint8 \[3, 4, 5\]; images\[None\] makes a batch of one image$"),
        (torch.zeros(0, 3, 4, 5, dtype=torch.uint8), r"got uint8 \[0, 3, 4, 5\]$"),
    ],
)
def test_other_tensors_are_refused(images, hint):
    """The error says what is needed, what came, and where there is one, the conversion."""
    with pytest.raises(InputError, match=r"^a tensor of images needs uint8 \[n, 3, h, w\]; .*" + hint):
        open_tensor(images)


@pytest.mark.parametrize(
    ("images", "hint"),
    [
        (np.zeros((2, 4, 5, 3)), r"got float64 \[2, 4, 5, 3\]; ganmetrics.to_uint8 maps floats"),
        (np.zeros((2, 4, 5, 3), np.int32), r"got int32 \[2, 4, 5, 3\]$"),
        (np.zeros((2, 3, 4, 5), np.uint8), r"transpose\(0, 2, 3, 1\) puts the channels last"),
        (np.zeros((2, 4, 5, 1), np.uint8), r"repeat\(3, axis=3\) repeats a gray channel"),
        (np.zeros((2, 4, 5), np.uint8), r"got uint8 \[2, 4, 5\]$"),
        (np.zeros((0, 4, 5, 3), np.uint8), r"got uint8 \[0, 4, 5, 3\]$"),
    ],
)
def test_other_arrays_are_refused(images, hint):
    """The error says what is needed, what came, and where there is one, the conversion."""
    with pytest.raises(InputError, match=r"^array needs uint8 images \[n, h, w, 3\]; .*" + hint):
        open_array(images)


def test_what_is_no_tensor_is_told_how_to_make_one():
    """A list, an array of either layout, and something else; a batch of no images is one."""
    for images, hint in (
        ([torch.zeros(3, 4, 4)], r"got list; torch.stack\(images\) makes one tensor"),
        (
            np.zeros((2, 3, 4, 5), np.uint8),
            r"got a NumPy array, uint8 \[2, 3, 4, 5\]; torch.from_numpy\(images\) makes",
        ),
        (np.zeros((2, 4, 5, 3), np.uint8), r".*torch.from_numpy\(images\).permute\(0, 3, 1, 2\) makes a tensor of it"),
        ("images", "got str$"),
    ):
        with pytest.raises(InputError, match=r"^a tensor of images needs uint8 \[n, 3, h, w\]; " + hint):
            check_images(images)
    none = torch.zeros(0, 3, 4, 5, dtype=torch.uint8)
    assert check_images(none) is none


def test_images_larger_than_a_file_may_have_are_refused():
    """A view that repeats one pixel costs nothing, and would ask for all memory; the largest image is taken."""
    rows, columns = 1 << 20, 1 << 20
    with pytest.raises(InputError, match=rf"^a tensor of images needs .* 178,956,970 pixels; got {columns}x{rows}$"):
        check_images(torch.zeros(1, dtype=torch.uint8).expand(1, 3, rows, columns))
    with pytest.raises(InputError, match=rf"^array needs images of at most 178,956,970 pixels; got {columns}x{rows}$"):
        open_array(np.broadcast_to(np.uint8(0), (1, rows, columns, 3)))
    for width in (MAX_PIXELS // 2, MAX_PIXELS // 2 + 1):
        images = torch.zeros(1, dtype=torch.uint8).expand(1, 3, 2, width)
        if 2 * width <= MAX_PIXELS:
            assert check_images(images) is images
            continue
        with pytest.raises(InputError, match="pixels"):
            check_images(images)
