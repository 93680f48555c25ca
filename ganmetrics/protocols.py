"""Protocols: the conventions under which a published number was made.

Two FIDs are comparable when network, weights, resize, scaling and conventions agree. A protocol names the last three,
so that a score can say in one word which of the field's numbers it is. This module is light: the command line reads the
names from it before torch is loaded.
"""

from dataclasses import dataclass

from ganmetrics.errors import InputError


@dataclass(frozen=True)
class Protocol:
    """One set of conventions.

    Attributes:
        name: as the command line spells it.
        extractors: the extractors it is defined for; empty for any.
        resize: the resizer of `ganmetrics.features.resize`; None for the extractor's own preparation.
        scaling: how pixels become network inputs; None for the extractor's own.
        inception_score: the convention of `ganmetrics.metrics.inception_score` that goes with it.
    """

    name: str
    extractors: tuple[str, ...]
    resize: str | None
    scaling: str | None
    inception_score: str


PROTOCOLS = {
    protocol.name: protocol
    for protocol in (
        # The original graph of Heusel et al. 2017 (arXiv 1706.08500): TensorFlow 1's resize, inside the network.
        Protocol("ttur", ("inception-v3",), "tf1-bilinear", "(x-128)/128", "improved-gan"),
        Protocol("pytorch-fid", ("inception-v3",), "half-pixel-bilinear", "2x/255-1", "improved-gan"),
        Protocol("torch-fidelity", ("inception-v3",), "tf1-bilinear", "(x-128)/128", "torch-fidelity"),
        Protocol("native", (), None, None, "improved-gan"),
    )
}


def resolve_protocol(name: str | None, extractor: str) -> Protocol:
    """Return the protocol called `name`, or the extractor's own where `name` is None.

    The default is ``ttur`` for ``inception-v3`` and ``native`` for every other extractor.

    Raises:
        InputError: the protocol is unknown, or is not defined for the extractor.

    >>> resolve_protocol(None, "inception-v3").name
    'ttur'
    >>> resolve_protocol(None, "efficientnet-lite0").name
    'native'
    """
    if name is None:
        name = "ttur" if extractor == "inception-v3" else "native"
    if name not in PROTOCOLS:
        raise InputError(f"protocol must be one of {', '.join(PROTOCOLS)}; got {name!r}")
    protocol = PROTOCOLS[name]
    if name == "native" and extractor == "inception-v3":
        raise InputError("inception-v3 needs a protocol that fixes its resize, such as ttur; got 'native'")
    if protocol.extractors and extractor not in protocol.extractors:
        needed = " or ".join(protocol.extractors)
        raise InputError(f"protocol {name!r} is defined for {needed} only; got extractor {extractor!r}")
    return protocol
