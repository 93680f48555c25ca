"""How images become features, said once: `Extraction`."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TypedDict

import torch

from ganmetrics._files import as_path
from ganmetrics._text import shown
from ganmetrics.core.checks import one_of, seed_number, whole
from ganmetrics.data.frames import Frames, check_frames
from ganmetrics.data.geometry import Geometry
from ganmetrics.data.pixels import check_alpha, check_bit_depth
from ganmetrics.errors import InputError
from ganmetrics.features.base import Extractor, check_extractor
from ganmetrics.features.names import BACKENDS, TORCH
from ganmetrics.protocols import PROTOCOLS, resolve_protocol


class ExtractionOptions(TypedDict, total=False):
    """The fields of `Extraction`, as keywords of a public function."""

    extractor: str | Extractor | None
    protocol: str | None
    weights: str | Path | None
    count: int | None
    seed: int
    alpha: str
    skip_bad: bool
    batch_size: int | None
    workers: int | None
    device: str | torch.device | None
    backend: str
    offline: bool
    crop: str
    resize_to: int | None
    resize_filter: str
    bit_depth: int
    frames: Frames


@dataclass(frozen=True)
class Extraction:
    """How images become features; both sides of a score need the same one.

    Attributes:
        extractor: a name (``inception-v3``, ``efficientnet-lite0``, ``timm:NAME``) or an extractor object; None for
            what a stored side says, and ``inception-v3`` where no side says anything.
        protocol: the conventions; None for a stored side's, else the extractor's own (``ttur`` for ``inception-v3``).
        weights: a file of weights other than the published one.
        count: choose this many images of each side; None for all.
        seed: of that choice.
        alpha: what transparent pixels become: ``white``, ``black``, ``drop`` or ``refuse``.
        skip_bad: score the readable images where some cannot be read, and say so in the result.
        batch_size: images a pass of the network; None for 32, and 8 on a CPU, which takes less memory.
        workers: decoding processes; 0 decodes in this one, None chooses.
        device: where the network runs; None for CUDA where there is one.
        backend: who computes the network: ``torch``, or ``openvino`` on a CPU, which is faster there.
        offline: never download weights.
        crop: ``center`` cuts the square in the middle out of each image; ``none`` squashes the whole image.
        resize_to: bring images to this width and height first; None leaves that to the extractor.
        resize_filter: of that, a name in `ganmetrics.data.geometry.FILTERS`.
        bit_depth: how many bits the values of 16-bit images use: 12 for many cameras and microscopes.
        frames: of animations and files of several pages: ``first``, ``all``, or so many evenly spaced ones.

    Raises:
        InputError: an option is of another kind, out of range, or does not go with another one.

    >>> how = Extraction("efficientnet-lite0", count=500)
    >>> how.count, how.seed
    (500, 0)
    >>> Extraction(count=0)
    Traceback (most recent call last):
        ...
    ganmetrics.errors.InputError: count must be at least 1; got 0
    """

    extractor: str | Extractor | None = None
    protocol: str | None = None
    weights: str | Path | None = None
    count: int | None = None
    seed: int = 0
    alpha: str = "white"
    skip_bad: bool = False
    batch_size: int | None = None
    workers: int | None = None
    device: str | torch.device | None = None
    backend: str = TORCH
    offline: bool = False
    crop: str = "none"
    resize_to: int | None = None
    resize_filter: str = "bicubic"
    bit_depth: int = 16
    frames: Frames = "first"

    def __post_init__(self) -> None:
        """Check every option, before any network is opened."""
        for name, least in (("count", 1), ("batch_size", 1), ("workers", 0), ("resize_to", 1)):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, whole(name, getattr(self, name), least=least))
        object.__setattr__(self, "seed", seed_number("seed", self.seed))
        for name in ("skip_bad", "offline"):
            if not isinstance(getattr(self, name), bool):
                raise InputError(f"{name} must be True or False; got {type(getattr(self, name)).__name__}")
        if not isinstance(self.alpha, str):
            raise InputError(f"alpha must be a word; got {type(self.alpha).__name__}")
        check_alpha(self.alpha)
        if self.weights is not None and not isinstance(self.weights, str | os.PathLike):
            raise InputError(f"weights must be the path of a file; got {type(self.weights).__name__}")
        if self.weights is not None:
            as_path(self.weights)
        if self.device is not None and not isinstance(self.device, str | torch.device):
            raise InputError(f"device must be a name such as cpu or cuda:0; got {type(self.device).__name__}")
        one_of("backend", self.backend, BACKENDS)
        check_bit_depth(self.bit_depth)
        check_frames(self.frames)
        # Building it checks the names.
        Geometry(self.crop, self.resize_to, self.resize_filter)
        self._check_extractor()

    @property
    def geometry(self) -> Geometry:
        """What is cut out of each image, and to what size it is brought."""
        return Geometry(self.crop, self.resize_to, self.resize_filter)

    @classmethod
    def of(cls, how: "Extraction | None", options: ExtractionOptions) -> "Extraction":
        """Return the value that a public function was given, as a whole or as keywords.

        Raises:
            InputError: it was given both, or an unknown keyword.

        >>> Extraction.of(None, {"seed": 3}).seed
        3
        """
        if how is None:
            known = tuple(field.name for field in fields(cls))
            unknown = [name for name in options if name not in known]
            if unknown:
                raise InputError(f"options must be among {', '.join(known)}; got {', '.join(map(repr, unknown))}")
            return cls(**options)
        if not isinstance(how, cls):
            raise InputError(f"how images become features must be an Extraction; got {type(how).__name__}")
        if options:
            raise InputError(f"an Extraction holds all options; got {', '.join(options)} beside one")
        return how

    @property
    def name(self) -> str | None:
        """The extractor's name; None where it is left to a stored side."""
        if self.extractor is None or isinstance(self.extractor, str):
            return self.extractor
        return self.extractor.spec.name

    def _check_extractor(self) -> None:
        if isinstance(self.extractor, list | tuple) or (isinstance(self.extractor, str) and "," in self.extractor):
            raise InputError(
                f"extractor must be one; got {shown(self.extractor)} (evaluate takes several as extractors=[...])"
            )
        if self.extractor is not None and not isinstance(self.extractor, str):
            check_extractor(self.extractor)
            if self.weights is not None:
                raise InputError("weights go with an extractor given by name; got them with an extractor object")
        if self.protocol is None:
            return
        if self.name is not None:
            resolve_protocol(self.protocol, self.name)
        elif not isinstance(self.protocol, str) or self.protocol not in PROTOCOLS:
            raise InputError(f"protocol must be one of {', '.join(PROTOCOLS)}; got {shown(self.protocol)}")


def each_extractor(how: Extraction, extractors: object) -> list[Extraction]:
    """Return the options with each of several extractors.

    Raises:
        InputError: there is none, one comes twice, or the options name an extractor or weights of their own; or as
            `Extraction` does, such as for a protocol that one of them does not know.

    >>> [one.name for one in each_extractor(Extraction(), ["inception-v3", "efficientnet-lite0"])]
    ['inception-v3', 'efficientnet-lite0']
    """
    several = isinstance(extractors, Sequence) and not isinstance(extractors, str | bytes)
    if not several or not isinstance(extractors, Sequence) or not extractors or any(one is None for one in extractors):
        raise InputError(f"extractors must be a sequence of names or extractor objects; got {shown(extractors)}")
    if how.extractor is not None:
        raise InputError(f"extractors take the place of extractor; got both, and extractor is {how.name}")
    if how.weights is not None:
        raise InputError(f"weights must go with one extractor; got them with {len(extractors)} in extractors")
    hows = [replace(how, extractor=extractor) for extractor in extractors]
    names = [one.name for one in hows]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise InputError(f"extractors must be different ones; got {twice} twice")
    return hows
