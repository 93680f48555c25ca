"""Frames of videos that PyAV wrote."""

import os
import sys

import numpy as np
import pytest

from ganmetrics import Extraction
from ganmetrics.commands.evaluate import fid
from ganmetrics.data.image_source import Named
from ganmetrics.data.sources import open_source
from ganmetrics.data.videos import is_video, open_videos
from ganmetrics.errors import InputError
from ganmetrics.references.sides import open_side
from ganmetrics.testing import ChannelMeans, write_images

av = pytest.importorskip("av")

CODECS = {".mp4": "libx264", ".mov": "mpeg4", ".webm": "libvpx-vp9", ".avi": "ffv1", ".mkv": "ffv1"}
LEVELS = [10 + 20 * number for number in range(10)]


def write_video(path, levels=LEVELS, size=(32, 24)):
    """Write a video with one gray level a frame."""
    path.parent.mkdir(exist_ok=True, parents=True)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(CODECS[path.suffix], rate=8)
        (stream.width, stream.height), stream.pix_fmt = size, "yuv420p"
        for level in levels:
            pixels = np.full((size[1], size[0], 3), level, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode())
    return path


def means(source):
    """Return the mean level of each frame."""
    return [source.read(index).mean() for index in range(len(source))]


@pytest.mark.parametrize("suffix", CODECS)
def test_all_frames_in_order(tmp_path, suffix):
    """Of every container, within what lossy codecs change; by their own names."""
    path = write_video(tmp_path / f"clip{suffix}")
    source = open_side(path, Extraction(frames="all"))
    assert np.abs(np.subtract(means(source), LEVELS)).max() < 4
    assert source.uniform_size == (32, 24)
    assert source.label(3) == f"{path}[frame 3]"
    assert isinstance(source, Named)
    assert source.member(3) == path.name


@pytest.mark.parametrize(("frames", "expected"), [(1, [0]), (3, [0, 3, 6]), (10, range(10)), (99, range(10))])
def test_a_number_of_frames(tmp_path, frames, expected):
    """Evenly spaced, as of animations."""
    source = open_videos(write_video(tmp_path / "clip.mkv"), frames)
    assert np.abs(np.subtract(means(source), [LEVELS[number] for number in expected])).max() < 2
    assert source.label(len(source) - 1).endswith(f"[frame {expected[-1]}]")


def test_a_folder_of_videos(tmp_path):
    """In the order of their paths, with classes; the first frame of each by default."""
    for name, levels in (("b/2.mkv", LEVELS[:2]), ("a/1.mkv", LEVELS[2:5]), (".hidden/1.mkv", LEVELS)):
        write_video(tmp_path / "set" / name, levels)
    (tmp_path / "set" / "notes.txt").touch()
    source = open_source(tmp_path / "set")
    assert [source.label(index) for index in range(2)] == [
        f"{tmp_path}/set/a/1.mkv[frame 0]",
        f"{tmp_path}/set/b/2.mkv[frame 0]",
    ]
    assert [source.class_of(index) for index in range(2)] == ["a", "b"]
    assert len(open_side(tmp_path / "set", Extraction(frames="all"))) == 5
    assert len(open_side(tmp_path / "set", Extraction(frames=2))) == 4


def test_a_folder_with_an_image_is_one_of_images(tmp_path):
    """As it always was."""
    write_video(tmp_path / "set" / "1.mkv")
    assert is_video(tmp_path / "set")
    write_images(tmp_path / "set", 2)
    assert not is_video(tmp_path / "set")
    source = open_source(tmp_path / "set")
    assert (len(source), source.ignored) == (2, 1)


def test_frames_score_as_the_same_pixels_do(tmp_path):
    """To the last bit."""
    clip, images = write_video(tmp_path / "clip.mp4"), write_images(tmp_path / "real", 8)
    options = {"extractor": ChannelMeans(), "workers": 0}
    source = open_videos(clip, "all")
    pixels = np.stack([source.read(index) for index in range(10)])
    assert fid(images, clip, frames="all", **options).value == fid(images, pixels, **options).value


def test_the_first_frame_of_one_video_is_no_set(tmp_path):
    """The remedy is named."""
    with pytest.raises(InputError, match=r"clip\.mkv is a video, whose first frame is one image; --frames all"):
        fid(write_images(tmp_path / "real", 8), write_video(tmp_path / "clip.mkv"), extractor=ChannelMeans())


def test_without_pyav_the_extra_is_named(tmp_path, monkeypatch):
    """In one line."""
    path = write_video(tmp_path / "clip.mkv")
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(InputError, match=r'clip\.mkv needs the package av, .*: pip install "ganmetrics\[video\]"$'):
        open_videos(path, "all")


def test_an_old_pyav_is_refused(tmp_path, monkeypatch):
    """Its frames do not say that they are turned."""
    path = write_video(tmp_path / "clip.mkv")
    monkeypatch.setattr(av, "VideoFrame", object)
    with pytest.raises(InputError, match=r'clip\.mkv needs av 17\.1 or later; got av .*\[video\]"$'):
        open_videos(path, "all")


@pytest.mark.parametrize("suffix", CODECS)
@pytest.mark.parametrize("part", [0.0, 0.3, 0.7, 0.98])
def test_truncated_videos_are_refused(tmp_path, suffix, part):
    """Never taken for shorter ones."""
    path = write_video(tmp_path / f"clip{suffix}")
    data = path.read_bytes()
    path.write_bytes(data[: int(part * len(data))])
    with pytest.raises(InputError, match=rf"clip\{suffix}: (empty file|truncated)"):
        open_videos(path, "all")


def test_damaged_and_other_files_are_refused(tmp_path):
    """Bytes that were changed, a text, and a sound without pictures."""
    path = write_video(tmp_path / "clip.mp4")
    data = bytearray(path.read_bytes())
    begin = data.index(b"avcC") + 4
    data[begin : begin + 30] = bytes(30)
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"clip\.mp4: truncated or damaged video"):
        open_videos(path, "all")
    (tmp_path / "text.mp4").write_text("no video")
    with pytest.raises(InputError, match=r"text\.mp4: truncated"):
        open_videos(tmp_path / "text.mp4", "all")
    with av.open(str(tmp_path / "sound.mp4"), "w") as container:
        stream = container.add_stream("aac", rate=44100)
        silence = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        silence.sample_rate = 44100
        container.mux(stream.encode(silence))
        container.mux(stream.encode())
    with pytest.raises(InputError, match=r"sound\.mp4: has no pictures"):
        open_videos(tmp_path / "sound.mp4", 3)


def test_frames_need_one_size(tmp_path):
    """Two videos of different sizes cannot be one set."""
    write_video(tmp_path / "set" / "1.mkv")
    write_video(tmp_path / "set" / "2.mkv", size=(16, 24))
    with pytest.raises(InputError, match=r"needs images of one size; 10 of 32x24 are followed by 16x24"):
        open_videos(tmp_path / "set", "all")


def test_lists_and_patterns_of_videos(tmp_path, monkeypatch):
    """In their order; each the same frames as a folder of them, with the first-level folders as classes."""
    monkeypatch.chdir(tmp_path)
    names = [
        str(write_video(tmp_path / name / "clip.mkv", levels).relative_to(tmp_path))
        for name, levels in (("cat", (10, 50)), ("dog", (90, 130, 170)))
    ]
    (tmp_path / "list.txt").write_text("\n".join(names))
    how = Extraction(frames="all")
    expected = means(open_side(tmp_path, how))
    for given in (names, "*/clip.mkv", "{cat,dog}/clip.mkv", "list.txt", tmp_path / "list.txt"):
        source = open_side(given, how)
        assert means(source) == expected
        assert [source.class_of(index) for index in range(5)] == ["cat"] * 2 + ["dog"] * 3
        assert (source.label(2), source.member(2)) == ("dog/clip.mkv[frame 0]", "dog/clip.mkv")
    assert means(open_side(names[::-1], how)) == expected[2:] + expected[:2]
    assert len(open_source(names)) == len(open_side("list.txt", Extraction())) == 2


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["a.mkv", "a.mkv"], r"^list of paths names a\.mkv twice$"),
        (["a.mkv", "absent.mkv"], r"absent\.mkv: "),
        (["a.mkv", "a.png"], r"^list of paths needs to name image files; a\.mkv has no image's extension$"),
    ],
)
def test_lists_of_videos_that_are_refused(tmp_path, monkeypatch, names, message):
    write_video(tmp_path / "a.mkv")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=message):
        open_side(names, Extraction(frames="all"))


def test_a_pipe_in_a_list_is_not_waited_for(tmp_path):
    """It is no video, whatever its name says."""
    os.mkfifo(tmp_path / "pipe.mp4")
    with pytest.raises(InputError, match=r"pipe\.mp4: no regular file$"):
        open_source([tmp_path / "pipe.mp4"])
