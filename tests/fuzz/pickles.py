"""A grammar of hostile pickles: real ones changed, and programs of instructions with NumPy's names in wrong calls."""

import pickle
import random
import struct

import numpy as np

NAMES = (
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
    ("numpy", "frombuffer"),
    ("numpy.core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "scalar"),
    ("numpy._core.numeric", "_frombuffer"),
    ("_codecs", "encode"),
    ("__builtin__", "bytes"),
    ("builtins", "eval"),
    ("os", "system"),
)
CODES = (
    "O",
    "O8",
    "f8",
    "f4",
    "u1",
    "i8",
    "b1",
    "V8",
    "S4",
    "U2",
    "M8",
    "M8[s]",
    "c16",
    "f16",
    "f8,O",
    "",
    "(2,)f8",
    "x",
)
INTEGERS = (0, 1, 2, 3, 8, 255, 1 << 31, (1 << 63) - 1, 1 << 63, 1 << 64, 1 << 200, -1, -8, -(1 << 63))
BARE = "N\x88\x89)]}(tladesub0122\x85\x86\x87\x94R\x81\x92\x8f\x90\x91\x93Q\x97\x98."
CONTENT = {
    "num_images": 5,
    "fid": {"mu": np.zeros(3), "sigma": np.asfortranarray(np.arange(9.0).reshape(3, 3)).T[::-1]},
    "raw_mean": np.arange(4, dtype=">f4"),
    "all_features": [np.zeros((2, 3), np.float32), np.float64(1.5), True, None, b"", b"x", "\ud800"],
    b"data": np.zeros((2, 3, 2), np.uint8).transpose(1, 0, 2),
}
REAL = [pickle.dumps(CONTENT, protocol) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)]
REAL += [data.replace(b"numpy._core.", b"numpy.core.") for data in REAL[:4]]


def crafted(seed: int) -> bytes:
    """Return the pickle of this number."""
    rng = random.Random(seed)
    return rng.choice((_changed, _changed, _program, _array_call, _array_call, _deep))(rng)


def _changed(rng: random.Random) -> bytes:
    data = bytearray(rng.choice(REAL))
    for _ in range(rng.randint(1, 2)):
        place = rng.randrange(len(data))
        match rng.randrange(5):
            case 0:
                data[place] = rng.randrange(256)
            case 1:
                data[place : place + rng.randint(1, 9)] = b""
            case 2:
                data[place:place] = _instruction(rng)
            case 3:
                start = rng.randrange(len(data))
                data[place:place] = data[start : start + rng.randint(1, 40)]
            case _:
                data[place : place + 4] = struct.pack("<I", rng.choice((0, 1, 1 << 31, (1 << 32) - 1)))
        if not data:
            return b""
    return bytes(data)


def _program(rng: random.Random) -> bytes:
    return b"\x80\x04" + b"".join(_instruction(rng) for _ in range(rng.randint(1, 60))) + b"."


def _deep(rng: random.Random) -> bytes:
    times = rng.choice((10, 30, 1000))
    head, tail = rng.choice(
        (
            (b"]", b"a"),
            (b"(", b"t"),
            (b"(", b"l"),
            (b")", b"\x85"),
            (b"}U\x01a", b"s"),
            (b"K\x01", b"\x86"),
            (b"]h\x00", b"a"),
        )
    )
    body = head * times + tail * (times - 1)
    if rng.random() < 0.3:
        body = b"]q\x00" + b"".join(
            b"0]q" + bytes([n]) + (b"h" + bytes([n - 1]) + b"a") * 2 for n in range(1, min(times, 250))
        )
    return b"\x80\x03}U\x09num_items" + body + b"s."


def _array_call(rng: random.Random) -> bytes:
    """Return an array as NumPy writes it, but for some of its parts."""
    wrong = rng.random() ** 3 * 0.4

    def part(right: bytes) -> bytes:
        return _value(rng, 0) if rng.random() < wrong else right

    dtype = _name(*rng.choice(NAMES[:3])) if rng.random() < wrong else _name("numpy", "dtype")
    code = rng.choice(CODES) if rng.random() < wrong else rng.choice(("f8", "u1", "b1"))
    order = rng.choice(("<", ">", "|", "=", "!", "<>", "")) if rng.random() < wrong else "<"
    kind = dtype + part(_text(code)) + part(b"\x89") + part(b"\x88") + b"\x87R"
    state = (
        b"(" + part(b"K\x03") + part(_text(order)) + part(b"N") * 3 + part(_integer(-1)) * 2 + part(b"K\x00") + b"tb"
    )
    kind += state if rng.random() > wrong / 4 else b""
    content = part(_binary(bytes(rng.choice((0, 1, 8, 16, 48)))))
    shape = part(b"K\x02K\x03\x86") if rng.random() < 0.5 else b"(" + _integer(rng.choice(INTEGERS)) * 2 + b"t"
    match rng.randrange(4):
        case 0:
            call = _name("numpy._core.numeric", "_frombuffer") + b"(" + content + kind + shape
            call += part(_text(rng.choice("CFKA"))) + (part(b"K\x01K\x00\x86") if rng.random() < 0.3 else b"") + b"tR"
        case 1:
            call = _name("numpy.core.multiarray", "scalar") + kind + content + b"\x86R"
        case 2:
            call = _name("numpy", "ndarray") + shape + _text(rng.choice(CODES)) + content + b"\x87R"
        case _:
            call = _name("numpy.core.multiarray", "_reconstruct") + part(_name("numpy", "ndarray"))
            call += part(b"K\x00\x85") + part(_binary(b"b")) + b"\x87R(" + part(b"K\x01") + shape + kind
            call += part(b"\x89") + content + b"tb"
    return b"\x80\x04}" + _text(rng.choice(("num_items", "mu"))) + call + b"s."


def _instruction(rng: random.Random) -> bytes:
    match rng.randrange(6):
        case 0 | 1:
            return rng.choice(BARE).encode("latin1")
        case 2:
            return _name(*rng.choice(NAMES))
        case 3:
            return bytes([rng.choice(b"qhrj"), rng.randrange(5), 0, 0, 0])[: rng.choice((2, 5))]
        case 4:
            # Lengths that the file does not have.
            return rng.choice(b"BXT\x8d\x8e\x95\x96\x8b\x8aGJMK\x82\x83").to_bytes(1) + rng.randbytes(rng.randint(0, 9))
        case _:
            return _value(rng, 0)


def _value(rng: random.Random, level: int) -> bytes:  # noqa: PLR0911 - one for each kind
    match rng.randrange(8 if level < 3 else 6):
        case 0:
            return _integer(rng.choice(INTEGERS))
        case 1:
            return _text(rng.choice((*CODES, "latin1", "C", "F", "K", "mu", "\x1b[2J\n")))
        case 2:
            return _binary(rng.randbytes(rng.choice((0, 1, 8, 16))))
        case 3:
            return rng.choice((b"N", b"\x88", b"\x89", b")", b"]", b"}", b"G" + struct.pack(">d", float("nan"))))
        case 4:
            return _name(*rng.choice(NAMES))
        case 5:
            return rng.choice(
                (b"I01\n", b"I-5\n", b"I" + b"9" * 5000 + b"\n", b"L12L\n", b"F1e999\n", b"Ix\n", b"V\\u0041\n")
            )
        case 6:
            return (
                b"("
                + b"".join(_value(rng, level + 1) for _ in range(rng.randint(0, 4)))
                + rng.choice((b"t", b"l", b"d"))
            )
        case _:
            return _name(*rng.choice(NAMES)) + b"(" + _value(rng, level + 1) * rng.randint(0, 3) + b"tR"


def _name(module: str, word: str) -> bytes:
    return f"c{module}\n{word}\n".encode()


def _text(words: str) -> bytes:
    data = words.encode("utf-8", "surrogatepass")
    return b"X" + struct.pack("<I", len(data)) + data


def _binary(data: bytes) -> bytes:
    return b"B" + struct.pack("<I", len(data)) + data


def _integer(value: int) -> bytes:
    data = value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)
    return b"\x8a" + bytes([len(data)]) + data
