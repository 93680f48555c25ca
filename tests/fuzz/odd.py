"""Values that nobody should give: of the wrong kind, empty, huge, not finite, or of an odd layout."""

import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

LONG = "x" * 5000
PLAIN: tuple[Callable[[], object], ...] = (
    lambda: None,
    lambda: True,
    lambda: 0,
    lambda: -1,
    lambda: 1,
    lambda: 3,
    lambda: 1 << 63,
    lambda: 1 << 200,
    lambda: -(1 << 70),
    lambda: 0.5,
    lambda: -0.0,
    lambda: 1e308,
    lambda: float("nan"),
    lambda: float("inf"),
    lambda: "",
    lambda: "x",
    lambda: "3",
    lambda: "fid",
    lambda: "../x",
    lambda: "a\0b",
    lambda: "\ud800",
    lambda: "\x1b[2J\n",
    lambda: LONG,
    list,
    dict,
    lambda: [None],
    lambda: [[]],
    lambda: ["fid", 3],
    lambda: [1, 2, 3],
    lambda: {"a": 1},
    lambda: {"mu": [0.0], "sigma": [[0.0]]},
    lambda: deep(60),
)
"""What JSON can say."""

OBJECTS: tuple[Callable[[], object], ...] = (
    lambda: b"",
    lambda: b"a\0b",
    lambda: (),
    lambda: 1j,
    lambda: {3: None, (): 1, None: 2},
    lambda: {1, 2},
    object,
    lambda: int,
    lambda: len,
    lambda: iter(()),
    lambda: iter([1, 2]),
    lambda: range(5),
    lambda: Path("x"),
    lambda: Path("a\0b"),
    lambda: Path(LONG),
    lambda: torch.device("meta"),
    lambda: torch.float64,
    lambda: np.int64(3),
    lambda: np.float32("nan"),
    lambda: np.bool_(True),
    lambda: np.array("fid"),
    lambda: np.datetime64("2020-01-01"),
)
"""What only Python can say."""

TENSORS: tuple[Callable[[], object], ...] = (
    lambda: torch.zeros(0),
    lambda: torch.zeros(0, 3),
    lambda: torch.zeros(3, 0),
    lambda: torch.tensor(1.0),
    lambda: torch.zeros(20, 3),
    lambda: torch.ones(20, 3, dtype=torch.float64),
    lambda: torch.randn(20, 3, generator=torch.Generator().manual_seed(1)),
    lambda: torch.randn(20, 3, generator=torch.Generator().manual_seed(2)).double().requires_grad_(),
    lambda: torch.full((20, 3), float("nan")),
    lambda: torch.full((20, 3), 1e300, dtype=torch.float64),
    lambda: torch.full((20, 3), 5e-324, dtype=torch.float64),
    lambda: torch.zeros(20, 3, dtype=torch.complex64),
    lambda: torch.zeros(20, 3, dtype=torch.bool),
    lambda: torch.zeros(20, 3, dtype=torch.int64),
    lambda: torch.zeros(20, 3, dtype=torch.bfloat16),
    lambda: torch.zeros(20, 3, dtype=torch.float16),
    lambda: torch.zeros(20, 3).to(torch.float8_e4m3fn),
    lambda: torch.zeros(20, 3, device="meta"),
    lambda: torch.eye(20, 3).to_sparse(),
    lambda: torch.eye(20, 3).to_sparse_csr(),
    lambda: torch.nested.nested_tensor([torch.zeros(2, 3), torch.zeros(4, 3)]),
    lambda: torch.quantize_per_tensor(torch.zeros(20, 3), 0.1, 0, torch.quint8),
    lambda: torch.zeros(20, 3).T,
    lambda: torch.zeros(20, 3, 4, 4, dtype=torch.uint8),
    lambda: torch.zeros(20, 1, 4, 4, dtype=torch.uint8),
    lambda: torch.zeros(20, 3, 0, 4, dtype=torch.uint8),
    lambda: torch.zeros(20, 3, 4, 4),
    lambda: torch.zeros(20, 3, 4, 4, dtype=torch.uint8).contiguous(memory_format=torch.channels_last),
    lambda: torch.zeros(3, 3, dtype=torch.float64),
    lambda: -torch.eye(3, dtype=torch.float64),
    lambda: torch.nn.Parameter(torch.zeros(20, 3)),
)
VIEWS: tuple[Callable[[], object], ...] = (
    lambda: torch.zeros(1).expand(1 << 40),
    lambda: torch.zeros(1, 1).expand(1 << 30, 1 << 30),
    lambda: torch.zeros(1, dtype=torch.uint8).expand(1 << 20, 3, 1 << 10, 1 << 10),
    lambda: torch.zeros(1, dtype=torch.int64).expand(1 << 40),
)
"""A few bytes in a file that stand for any number of elements."""

ARRAYS: tuple[Callable[[], object], ...] = (
    lambda: np.zeros(0),
    lambda: np.zeros((0, 3)),
    lambda: np.zeros((20, 3)),
    lambda: np.arange(60.0).reshape(20, 3)[::-1, ::-1],
    lambda: np.zeros((20, 3), np.float16),
    lambda: np.zeros((20, 3), ">f4"),
    lambda: np.zeros((20, 3), np.longdouble),
    lambda: np.zeros((20, 3), np.complex128),
    lambda: np.zeros((20, 3), "M8[s]"),
    lambda: np.zeros((20, 3), "S4"),
    lambda: np.zeros((20, 3), "U2"),
    lambda: np.zeros(20, [("a", "f8"), ("b", "i4")]),
    lambda: np.array([[None]], object),
    lambda: np.full((20, 3), np.inf),
    lambda: np.ma.masked_invalid(np.full((20, 3), np.nan)),
    lambda: np.zeros((20, 4, 4, 3), np.uint8),
    lambda: np.zeros((20, 4, 4, 3), np.uint16),
    lambda: np.zeros((20, 4, 4), np.uint8),
    lambda: np.zeros((1, 2) * 16),
    lambda: np.eye(3),
    lambda: np.array(3),
    lambda: np.array("[" * 5000),
    lambda: np.zeros((20, 3)).view(np.recarray),
)
ANY = PLAIN + OBJECTS + TENSORS + ARRAYS


def deep(levels: int) -> list[object]:
    """Return a list in a list, and so on."""
    value: list[object] = []
    for _ in range(levels):
        value = [value]
    return value


def plain(rng: random.Random) -> object:
    """Return a value that JSON can say."""
    return rng.choice(PLAIN)()


def anything(rng: random.Random) -> object:
    """Return a value of any kind."""
    return rng.choice(rng.choice((PLAIN, OBJECTS, TENSORS, ARRAYS)))()


def storable(rng: random.Random) -> object:
    """Return a value of any kind, or a tensor that takes far less room in a file than in memory."""
    return rng.choice(VIEWS)() if rng.random() < 0.1 else anything(rng)


def changed_tree(rng: random.Random, tree: object, value: Callable[[random.Random], object]) -> object:
    """Return nested containers with one part changed: another value, a missing part, one too many, another name."""
    if not isinstance(tree, dict | list | tuple) or not tree or rng.random() < 0.1:
        return value(rng)
    entries = list(tree.items()) if isinstance(tree, dict) else list(enumerate(tree))
    place = rng.randrange(len(entries))
    match rng.randrange(8):
        case 0:
            entries.pop(place)
        case 1:
            entries.append((rng.choice(("x", LONG, "format", "count", "")), value(rng)))
        case 2 if isinstance(tree, dict):
            entries[place] = (rng.choice(("x", "mu", "\ud800", "a\0b")), entries[place][1])
        case _:
            entries[place] = (entries[place][0], changed_tree(rng, entries[place][1], value))
    if isinstance(tree, dict):
        return dict(entries)
    parts = [part for _, part in entries]
    return tuple(parts) if type(tree) is tuple else parts
