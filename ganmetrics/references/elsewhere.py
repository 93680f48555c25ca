"""Sources that lie elsewhere: published statistics by name, and files at an address."""

from dataclasses import dataclass, replace
from pathlib import Path

from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.errors import InputError
from ganmetrics.extraction.layer import Layer
from ganmetrics.features.inception import inception_spec
from ganmetrics.features.resize import Preprocessing
from ganmetrics.features.weights import PUBLISHED
from ganmetrics.protocols import PROTOCOLS
from ganmetrics.references.named import PREFIX, NamedReference, named_reference
from ganmetrics.references.reference import Reference
from ganmetrics.references.remote import fetch_remote, is_remote


@dataclass(frozen=True)
class Located:
    """A file from elsewhere that is here now.

    Attributes:
        source: the name or address that was given.
        path: the copy.
        sha256: its digest.
        known: what the register says of it; None for a bare address.
    """

    source: str
    path: Path
    sha256: str
    known: NamedReference | None = None

    def said(self, reference: Reference) -> Reference:
        """Return the statistics in the file with where they came from, and with what the register knows of them.

        Raises:
            InputError: they have another width than the network that the register says.
        """
        url = self.source if self.known is None else self.known.url
        fetched = {"address": url, "file_sha256": self.sha256}
        found = replace(reference, source=self.source, file=None, made_by={**reference.made_by, **fetched})
        return found if self.known is None else _registered(found, self.known)


def is_elsewhere(source: object) -> bool:
    """Tell a name of published statistics and an address from a path here.

    >>> is_elsewhere("ref:edm/cifar10"), is_elsewhere("https://example.org/a.npz"), is_elsewhere("real.npz")
    (True, True, False)
    """
    return isinstance(source, str) and (source.startswith(PREFIX) or is_remote(source))


def locate(source: str, *, offline: bool) -> Located:
    """Return the copy of what a name or an address stands for, fetched unless it is here.

    Raises:
        InputError: the name is unknown, or the file cannot be fetched.
        StaleStatistics: what came has another digest than is known or recorded.
    """
    if not source.startswith(PREFIX):
        return Located(source, *fetch_remote(source, offline=offline))
    known = named_reference(source)
    return Located(source, *fetch_remote(known.url, sha256=known.sha256, offline=offline), known)


def _registered(reference: Reference, known: NamedReference) -> Reference:
    """Return statistics that are of the published Inception network, by a protocol, of so many images."""
    protocol = PROTOCOLS[known.protocol]
    sha256 = PUBLISHED["inception-v3"].sha256
    assert protocol.resize is not None
    assert protocol.scaling is not None
    assert sha256 is not None
    way = Preprocessing(protocol.resize, (protocol.size, protocol.size), protocol.scaling)
    spec = inception_spec(sha256=sha256, canonical=True, preprocessing=way)
    if reference.moments.dimension != spec.dimension:
        raise InputError(
            f"{reference.source} needs to be statistics of {spec.dimension:,} features; "
            f"what came has {reference.moments.dimension:,}"
        )
    spatial = None if reference.spatial is None else _counted(reference.spatial, known.count)
    layer = _counted(reference.layer, known.count)
    return replace(reference, layer=layer, spatial=spatial, spec=spec, protocol=known.protocol)


def _counted(layer: Layer, count: int) -> Layer:
    return Layer(Moments.gaussian(layer.moments.mean, layer.moments.covariance, count))
