"""Files changed at random: bytes anywhere, and members of archives behind checksums that are right again."""

import io
import random
import struct
import warnings
import zipfile

import numpy as np

from tests.fuzz import odd

NUMBERS = (0, 1, 0x7F, 0xFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 0x7FFFFFFFFFFFFFFF)
NAMES = (
    "",
    "/",
    "a/",
    "../x.png",
    "/etc/x.png",
    "x.png",
    "a\\b.png",
    "C:x.png",
    "\x1b[2J.png",
    "x" * 300 + ".png",
    "é.png",
)


def changed_bytes(rng: random.Random, data: bytes) -> bytes:
    """Return a file with up to four changes anywhere."""
    changed = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        if not changed:
            break
        place = rng.randrange(len(changed))
        length = rng.choice((1, 1, 2, 4, 8, 30, 300))
        match rng.randrange(8):
            case 0 | 1:
                changed[place] = rng.randrange(256)
            case 2:
                changed[place] ^= 1 << rng.randrange(8)
            case 3:
                del changed[place : place + length]
            case 4:
                start = rng.randrange(len(changed))
                changed[place:place] = changed[start : start + length]
            case 5:
                number = struct.pack(rng.choice("<>") + "Q", rng.choice(NUMBERS))[: rng.choice((1, 2, 4, 8))]
                changed[place : place + len(number)] = number
            case 6:
                changed[place : place + length] = rng.randbytes(length)
            case _:
                del changed[rng.choice((place, max(len(changed) - length, 0))) :]
    return bytes(changed)


def changed_zip(rng: random.Random, data: bytes) -> bytes:
    """Return an archive with members changed, renamed, doubled or left out, each with the right checksum."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = [(info.filename, archive.read(info)) for info in archive.infolist()]
    place = rng.randrange(len(members))
    name, content = members[place]
    match rng.randrange(7):
        case 0:
            members[place] = (rng.choice(NAMES), content)
        case 1:
            members.append(rng.choice(members))
        case 2:
            members.pop(place)
        case 3:
            members.append((rng.choice(NAMES), rng.choice((b"", content, b"[" * 5000))))
        case _:
            members[place] = (name, changed_bytes(rng, content))
    return zipped(rng, members)


def changed_npz(rng: random.Random, data: bytes) -> bytes:
    """Return an npz in which an array is another one, or has another name or header."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = [(info.filename, archive.read(info)) for info in archive.infolist()]
    place = rng.randrange(len(members))
    name, content = members[place]
    if rng.random() < 0.5:
        members[place] = (name, array_file(rng.choice(odd.ARRAYS)()))
    else:
        members[place] = (rng.choice((name, name, "mu.npy", "x")), changed_bytes(rng, content[:128]) + content[128:])
    return zipped(rng, members)


def zipped(rng: random.Random, members: list[tuple[str, bytes]]) -> bytes:
    """Return an archive of members, stored or compressed."""
    file = io.BytesIO()
    method = rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2))
    with warnings.catch_warnings(), zipfile.ZipFile(file, "w", method) as archive:
        warnings.simplefilter("ignore")  # doubled names
        for name, content in members:
            archive.writestr(name or zipfile.ZipInfo(""), content)
    return file.getvalue()


def array_file(array: object) -> bytes:
    """Return an array as npy stores it."""
    file = io.BytesIO()
    np.save(file, array, allow_pickle=True)
    return file.getvalue()
