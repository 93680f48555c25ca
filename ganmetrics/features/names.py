"""The names of the extractors, light enough for the command line to read before torch is loaded."""

EXTRACTORS = ("inception-v3", "efficientnet-lite0", "timm:NAME")
"""What ``--extractor`` takes; in the last, NAME is any model of timm."""

DEFAULT_EXTRACTOR = "inception-v3"

TIMM_PREFIX = "timm:"
