"""The key of stored statistics: everything that can change them."""

import hashlib
import json
import platform
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from ganmetrics.extraction.settings import Settings
from ganmetrics.features.names import TORCH

STATISTICS_VERSION = 2
"""Raised whenever the same images would give other statistics under the same settings."""


@dataclass(frozen=True)
class ReferenceKey:
    """All that can change the statistics of an image set; two keys agree only if every field does.

    What only moves roundings is not in it: the number of processes, which moves the last borders of batches, and the
    number of threads. A network's features then differ by some 1e-7 of their size, a distance by less than 1e-6 of its
    own, and no image changes its block, which goes by inputs. So what 64 processes keep serves one, and says so.

    Attributes:
        contents: digest of the images' bytes in order, after any choice of `count` images.
        extractor: its name.
        layer: where the features are read.
        weights_sha256: digest of the weights file; None without weights.
        protocol: name of the conventions.
        preprocessing: how pixels become the network's input.
        alpha: what transparent pixels become.
        skip_bad: whether unreadable images were left out.
        batch_size: a convolution's float32 rounding depends on it.
        compiled: always false since networks are not compiled any more; entries made before stay valid.
        device: its type, the kind of processor and a backend other than torch, for the same reason.
        versions: of what decodes and computes.
    """

    contents: str
    extractor: str
    layer: str
    weights_sha256: str | None
    protocol: str
    preprocessing: str
    alpha: str
    skip_bad: bool
    batch_size: int
    compiled: bool
    device: str
    versions: str

    @classmethod
    def of(cls, contents: str, settings: Settings) -> "ReferenceKey":
        """Return the key of images with the digest `contents`, treated as `settings` say."""
        spec = settings.extractor.spec
        return cls(
            contents=contents,
            extractor=spec.name,
            layer=spec.layer,
            weights_sha256=spec.weights_sha256,
            protocol=settings.protocol.name,
            preprocessing=spec.preprocessing,
            alpha=settings.alpha,
            skip_bad=settings.skip_bad,
            batch_size=settings.batch_size,
            compiled=False,
            device=f"{platform.machine()} {settings.device.type}{_by(settings.backend)}",
            versions=json.dumps({"statistics": STATISTICS_VERSION, **library_versions()}, sort_keys=True),
        )

    @property
    def digest(self) -> str:
        """SHA-256 of the fields, in hexadecimal: the name of the cache entry."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


def _by(backend: str) -> str:
    return "" if backend == TORCH else f" {backend}"


def library_versions() -> dict[str, str]:
    """Return the versions of the libraries that decode images and compute numbers, as far as they are installed."""
    return dict(_library_versions())


@cache
def _library_versions() -> tuple[tuple[str, str], ...]:
    # Every score asks, and reading the metadata of five packages takes milliseconds.
    found = []
    for name in ("ganmetrics", "numpy", "pillow", "timm", "torch"):
        with suppress(PackageNotFoundError):
            found.append((name, version(name)))
    return tuple(found)
