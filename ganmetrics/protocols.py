"""Protocols: the conventions under which a published number was made.

Two FIDs are comparable when network, weights, resize, scaling and conventions agree. A protocol names the last three,
so that a score can say in one word which of the field's numbers it is. This module is light: the command line reads the
names from it before torch is loaded.
"""

from dataclasses import dataclass

from ganmetrics._text import shown
from ganmetrics.core.checks import one_of
from ganmetrics.errors import InputError
from ganmetrics.features.names import split_precision


@dataclass(frozen=True)
class Protocol:
    """One set of conventions.

    Attributes:
        name: as the command line spells it.
        extractors: the extractors it is defined for; empty for any.
        resize: the resizer of `ganmetrics.features.resize`; None for the extractor's own preparation.
        scaling: how pixels become network inputs; None for the extractor's own.
        ddof: the Fréchet distance divides scatter by n - ddof.
        inception_score: the convention of `ganmetrics.metrics.inception.score` that goes with it.
        kernel_distance: the convention of `ganmetrics.metrics.kernel.distance` that goes with it.
        precision_recall: the convention of `ganmetrics.metrics.neighbours.precision_recall` that goes with it.

    Where a library has no such metric, its protocol names ours: KID on 100 subsets from a fixed seed, of 1000 images or
    all where there are fewer, and closed balls to the third neighbour.
    """

    name: str
    extractors: tuple[str, ...]
    resize: str | None
    scaling: str | None
    ddof: int = 1
    inception_score: str = "improved-gan"
    kernel_distance: str = "ganmetrics"
    precision_recall: str = "improved-precision-recall"


INCEPTION = ("inception-v3",)

PROTOCOLS = {
    protocol.name: protocol
    for protocol in (
        # The original graph of Heusel et al. 2017 (arXiv 1706.08500): TensorFlow 1's resize, inside the network.
        Protocol("ttur", INCEPTION, "tf1-bilinear", "(x-128)/128"),
        Protocol("pytorch-fid", INCEPTION, "half-pixel-bilinear", "2x/255-1"),
        Protocol(
            "torch-fidelity",
            INCEPTION,
            "tf1-bilinear",
            "(x-128)/128",
            inception_score="torch-fidelity",
            kernel_distance="torch-fidelity",
            precision_recall="torch-fidelity",
        ),
        # The mode "clean" of Parmar et al. 2022 (arXiv 2104.11222): NVIDIA's transcription of the original graph, which
        # scales its inputs as the graph does, behind a resize of clean-fid's own.
        Protocol("clean-fid", INCEPTION, "pillow-bicubic-float", "(x-128)/128", kernel_distance="clean-fid"),
        # From release 1.8 on; with antialias=False it follows torch-fidelity.
        Protocol(
            "torchmetrics",
            INCEPTION,
            "pillow-bilinear-float",
            "(x-128)/128",
            inception_score="torchmetrics",
            kernel_distance="torchmetrics",
        ),
        # Guided diffusion's evaluator (Dhariwal and Nichol 2021, arXiv 2105.05233) runs the original graph.
        Protocol("adm", INCEPTION, "tf1-bilinear", "(x-128)/128", inception_score="adm", precision_recall="adm"),
        # StyleGAN2-ADA and 3 transcribe the graph, resize included, and divide the covariance by n.
        Protocol(
            "stylegan",
            INCEPTION,
            "tf1-bilinear",
            "(x-128)/128",
            ddof=0,
            inception_score="stylegan",
            kernel_distance="stylegan",
            precision_recall="stylegan",
        ),
        Protocol("native", (), None, None),
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
    extractor, _ = split_precision(extractor)
    if name is None:
        name = "ttur" if extractor == "inception-v3" else "native"
    one_of("protocol", name, PROTOCOLS)
    protocol = PROTOCOLS[name]
    if name == "native" and extractor == "inception-v3":
        raise InputError("inception-v3 needs a protocol that fixes its resize, such as ttur; got 'native'")
    if protocol.extractors and extractor not in protocol.extractors:
        needed = " or ".join(protocol.extractors)
        raise InputError(f"protocol {shown(name)} is defined for {needed} only; got extractor {shown(extractor)}")
    return protocol
