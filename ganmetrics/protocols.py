"""Protocols: the conventions under which a published number was made.

Two FIDs are comparable when network, weights, resize, scaling and conventions agree. A protocol names the last three,
so that a score can say in one word which of the field's numbers it is. This module is light: the command line reads the
names from it before torch is loaded.
"""

from dataclasses import dataclass

from ganmetrics._text import shown
from ganmetrics.core.checks import one_of
from ganmetrics.errors import InputError
from ganmetrics.features.names import CLIP, DINOV2, split_precision


@dataclass(frozen=True)
class Protocol:
    """One set of conventions.

    Attributes:
        name: as the command line spells it.
        extractors: the extractors it is defined for; empty for any.
        resize: the resizer of `ganmetrics.features.resize`; None for the extractor's own preparation.
        scaling: how pixels become network inputs; None for the extractor's own.
        size: height and width of the network's input, in pixels.
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
    size: int = 299
    ddof: int = 1
    inception_score: str = "improved-gan"
    kernel_distance: str = "ganmetrics"
    precision_recall: str = "improved-precision-recall"


INCEPTION = ("inception-v3",)
_IMAGENET = "(x/255-imagenet-mean)/imagenet-std"

ROWS = (
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
    # Stein et al. 2023 (arXiv 2306.04675), who introduced FD-DINOv2: torchvision's Resize of a Pillow image.
    Protocol("dgm-eval", DINOV2, "pillow-bicubic-uint8", _IMAGENET, size=224, precision_recall="dgm-eval"),
    # Karras et al. 2024 (arXiv 2312.02696, 2406.02507): torch's interpolation of floats, neither rounded nor clipped.
    Protocol("edm2", DINOV2, "pillow-bicubic-unclipped", _IMAGENET, size=224),
    # From release 0.4 on: TensorFlow 1's resize, as for Inception.
    Protocol(
        "torch-fidelity",
        DINOV2,
        "tf1-bilinear",
        _IMAGENET,
        size=224,
        inception_score="torch-fidelity",
        kernel_distance="torch-fidelity",
        precision_recall="torch-fidelity",
    ),
    # Jayasumana et al. 2024 (arXiv 2401.09603), as their code and its PyTorch port read images.
    Protocol("cmmd", (CLIP,), "centre-square-pillow-bicubic-uint8", "(x/255-clip-mean)/clip-std", size=336),
    Protocol("native", (), None, None),
)
"""Every convention; a library has two rows of one name where it resizes otherwise for another network."""

PROTOCOLS = {
    name: next(row for row in ROWS if row.name == name) for name in dict.fromkeys(protocol.name for protocol in ROWS)
}
"""The names, each with its first row."""

DEFAULTS = {"inception-v3": "ttur", **dict.fromkeys(DINOV2, "dgm-eval"), CLIP: "cmmd"}
"""The protocol of an extractor unless told otherwise; ``native`` for one that is not here."""


def resolve_protocol(name: str | None, extractor: str) -> Protocol:
    """Return the protocol called `name`, or the extractor's own where `name` is None.

    The defaults are ``ttur`` (``inception-v3``), ``dgm-eval`` (``dinov2-*``), ``cmmd`` (CLIP) and ``native`` (others).

    Raises:
        InputError: the protocol is unknown, or is not defined for the extractor.

    >>> resolve_protocol(None, "inception-v3").name
    'ttur'
    >>> resolve_protocol(None, "efficientnet-lite0").name
    'native'
    >>> resolve_protocol("torch-fidelity", "dinov2-vitl14").size
    224
    """
    extractor, _ = split_precision(extractor)
    if name is None:
        name = DEFAULTS.get(extractor, "native")
    one_of("protocol", name, PROTOCOLS)
    if name == "native" and extractor in DEFAULTS:
        raise InputError(
            f"{extractor} needs a protocol that fixes its resize, such as {DEFAULTS[extractor]}; got 'native'"
        )
    protocol = protocol_of(name, extractor)
    if protocol is None:
        needed = " or ".join(one for row in ROWS if row.name == name for one in row.extractors)
        raise InputError(f"protocol {shown(name)} is defined for {needed} only; got extractor {shown(extractor)}")
    return protocol


def protocol_of(name: str, extractor: str) -> Protocol | None:
    """Return the row of that name for an extractor; None where there is none.

    >>> protocol_of("edm2", "inception-v3") is None
    True
    """
    network, _ = split_precision(extractor)
    rows = (row for row in ROWS if row.name == name and (not row.extractors or network in row.extractors))
    return next(rows, None)
