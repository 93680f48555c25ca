"""Tiny images of every kind, written by Pillow or byte by byte."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image


def _chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


@pytest.fixture
def noise():
    """Return a maker of random RGB pixels [h, w, 3]."""

    def make(height=6, width=9, seed=0):
        return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)

    return make


@pytest.fixture
def encoded():
    """Return an encoder of pixels, or of a Pillow image, into the bytes of a file."""

    def encode(image, kind="PNG", **options):
        file = io.BytesIO()
        picture = image if isinstance(image, Image.Image) else Image.fromarray(image)
        picture.save(file, kind, **options)
        return file.getvalue()

    return encode


@pytest.fixture
def raw_png():
    """Return a writer of PNG files from their header fields, for kinds that Pillow does not write."""

    def write(size, bits, colour, rows, transparent=None):
        header = struct.pack(">IIBBBBB", *size, bits, colour, 0, 0, 0)
        key = b"" if transparent is None else _chunk(b"tRNS", transparent)
        body = _chunk(b"IHDR", header) + key + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")
        return b"\x89PNG\r\n\x1a\n" + body

    return write


@pytest.fixture
def gray_tiff():
    """Return a writer of TIFF files of two gray pixels, half and full, also in layouts that Pillow does not write."""

    def write(bits, signed, photometric):
        data = {8: b"\0\x80", 12: b"\x80\x0f\xff", 16: struct.pack("<2H", 0x8080, 0xFFFF)}[bits]
        sample_format = 2 if signed else 1
        tags = [(256, 2), (257, 1), (258, bits), (259, 1), (262, photometric), (273, None), (277, 1), (278, 1)]
        tags += [(279, len(data)), (339, sample_format)]
        start = 8 + 2 + 12 * len(tags) + 4
        fields = b"".join(struct.pack("<HHII", tag, 4, 1, start if value is None else value) for tag, value in tags)
        return b"II*\0" + struct.pack("<IH", 8, len(tags)) + fields + struct.pack("<I", 0) + data

    return write


@pytest.fixture
def folder(tmp_path, noise, encoded):
    """Return a folder of three PNG files of different contents and one text file."""
    root = tmp_path / "set"
    root.mkdir()
    for index in range(3):
        (root / f"{index}.png").write_bytes(encoded(noise(seed=index)))
    (root / "notes.txt").write_text("not an image")
    return root
