"""Frames are images of their own where they are asked for."""

import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from ganmetrics.data.decode import decode_stored
from ganmetrics.data.fingerprint import fingerprint, image_digests
from ganmetrics.data.frames import parse_frames, with_frames
from ganmetrics.data.loading import prepared_batches
from ganmetrics.data.looking import audit
from ganmetrics.data.sources import open_source
from ganmetrics.errors import InputError


@pytest.fixture
def animated(tmp_path, encoded):
    """Return a folder with a still PNG and an animation of ten gray levels in each format."""
    frames = [Image.new("L", (8, 8), 20 * level) for level in range(10)]
    root = tmp_path / "animated"
    root.mkdir()
    (root / "a.png").write_bytes(encoded(np.full((8, 8, 3), 255, np.uint8)))
    for kind, name, options in (
        ("GIF", "b.gif", {}),
        ("WEBP", "c.webp", {"lossless": True}),
        ("TIFF", "d.tif", {}),
        ("PNG", "e.png", {}),
    ):
        data = encoded(frames[0], kind, save_all=True, append_images=frames[1:], **options)
        (root / name).write_bytes(data)
    return root


def levels(source):
    """Return the gray level of the first pixel of each image."""
    return [int(decode_stored(source.read(index), alpha="white").image[0, 0, 0]) for index in range(len(source))]


def test_by_default_the_first(animated):
    """And the audit says that there were more; the source is the same."""
    source = open_source(animated)
    assert with_frames(source, "first") is source
    assert levels(source) == [255, 0, 0, 0, 0]
    assert audit(source).oddities["first of several frames"] == 4


def test_all_frames(animated):
    """Of every format, in their order, with names of their own."""
    source = with_frames(open_source(animated), "all")
    assert levels(source) == [255, *range(0, 200, 20), *range(0, 200, 20), *range(0, 200, 20), *range(0, 200, 20)]
    assert source.label(0) == f"{animated}/a.png"
    assert source.label(3) == f"{animated}/b.gif[frame 2]"
    assert source.member(3) == "b.gif"
    found = audit(source)
    assert (found.count, found.oddities["one of several frames"]) == (41, 40)
    assert "first of several frames" not in found.oddities


@pytest.mark.parametrize(("number", "expected"), [(1, [0]), (2, [0, 100]), (3, [0, 60, 120]), (10, None), (99, None)])
def test_a_number_of_frames(animated, number, expected):
    """Evenly spaced; all where there are no more."""
    expected = list(range(0, 200, 20)) if expected is None else expected
    assert levels(with_frames(open_source(animated), number)) == [255, *expected * 4]


def test_frames_have_digests_of_their_own(animated):
    """The same file at another frame is another image; the choice of frames is in the fingerprint."""
    source = open_source(animated)
    every = with_frames(source, "all")
    assert len(set(image_digests(every))) == 41
    assert len({fingerprint(with_frames(source, frames)) for frames in ("first", "all", 3, 4)}) == 4


@pytest.mark.slow
def test_workers_decode_frames(animated):
    """As this process does."""
    source = with_frames(open_source(animated), 5)
    prepare = lambda image: image[0, 0].astype(np.float32)  # noqa: E731
    batches = prepared_batches(source, [prepare], alpha="white", batch_size=4, workers=2)
    assert np.concatenate([batch for (batch,) in batches])[:, 0].tolist() == levels(source)


def test_classes_and_listing_are_those_of_the_files(tmp_path, animated):
    """A frame has the class of its animation."""
    (tmp_path / "set").mkdir()
    (animated / "a.png").unlink()
    animated.rename(tmp_path / "set" / "moving")
    (tmp_path / "set" / "still").mkdir()
    (tmp_path / "set" / "still" / "1.png").write_bytes((tmp_path / "set" / "moving" / "e.png").read_bytes())
    found = audit(with_frames(open_source(tmp_path / "set"), 2))
    assert found.classes_line() == "2 class folders of 2 to 8 images"


def test_pixels_have_no_frames(noise):
    """Nothing is looked for in arrays; Pillow images are one frame each."""
    array = open_source(noise()[None])
    assert with_frames(array, "all") is array
    assert len(with_frames(open_source([Image.fromarray(noise())]), "all")) == 1


def test_a_damaged_file_is_the_audits_to_name(animated):
    """It counts as one image until then."""
    path = animated / "b.gif"
    path.write_bytes(path.read_bytes()[:10])
    with pytest.raises(InputError, match=r"1 of 32 images .* cannot be read: \S+b\.gif \("):
        audit(with_frames(open_source(animated), "all"))


@pytest.mark.parametrize("name", ["b.gif", "c.webp", "d.tif", "e.png"])
@pytest.mark.parametrize("missing", [50, 150])
def test_a_file_that_breaks_off_after_some_frames(animated, name, missing):
    """The frames that are whole do not stand for the file, also where it is cut between two of them."""
    path = animated / name
    path.write_bytes(path.read_bytes()[:-missing])
    with pytest.raises(InputError, match=rf"of \d+ images .* cannot be read: \S+{name}"):
        audit(with_frames(open_source(animated), "all"))


@pytest.mark.parametrize("text", ["last", "0", "-1", "1.5", "", pytest.param("9" * 5000, id="long")])
def test_other_words_are_refused(text, noise):
    """The words are given."""
    with pytest.raises(InputError, match="frames must be first, all or a positive number; got"):
        parse_frames(text)
    with pytest.raises(InputError, match="got 0"):
        with_frames(open_source(noise()[None]), 0)


def test_words_and_numbers():
    """As the command line has them."""
    assert [parse_frames(text) for text in ("first", "all", "7")] == ["first", "all", 7]


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


@pytest.mark.parametrize("frames", ["all", 99_999_999])
def test_more_frames_than_a_file_can_hold(tmp_path, noise, encoded, frames):
    """An animation of a hundred bytes may claim two thousand million frames, each of which would be an image."""
    data = encoded(noise())
    place = data.index(b"IDAT") - 4
    claims = chunk(b"acTL", struct.pack(">II", 2**31 - 1, 0)) + chunk(
        b"fcTL", struct.pack(">IIIIIHHBB", 0, 9, 6, *[0] * 6)
    )
    (tmp_path / "a.png").write_bytes(data[:place] + claims + data[place:])
    (tmp_path / "b.png").write_bytes(data)
    source = with_frames(open_source(tmp_path), frames)
    assert len(source) == 2
    (bad,) = audit(source, skip_bad=True).bad
    assert bad.reason.startswith("damaged: it claims 2,147,483,647 frames and has ")
