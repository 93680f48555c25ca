"""The options of how images become features."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ganmetrics.cli.hints import OneOf
from ganmetrics.cli.options.gathering import CommandFunction, gather_into
from ganmetrics.cli.options.parsing import (
    PathType,
    complete_extractor,
    parse_extractor_option,
    parse_extractors_option,
    parse_frames_option,
)
from ganmetrics.features.names import BACKENDS, DEFAULT_EXTRACTOR, FULL_PRECISION, PRECISIONS, TORCH, with_precision
from ganmetrics.protocols import PROTOCOLS

if TYPE_CHECKING:
    from ganmetrics.extraction.options import Extraction

_NAMES = "inception-v3, efficientnet-lite0 (offline) or timm:NAME"
_DEFAULT = "  [default: a stored side's, else inception-v3]"

_EXTRACTOR = click.option(
    "--extractor",
    callback=parse_extractor_option,
    shell_complete=complete_extractor,
    default=None,
    help=f"{_NAMES}.{_DEFAULT}",
)

_EXTRACTORS = click.option(
    "--extractor",
    callback=parse_extractors_option,
    shell_complete=complete_extractor,
    default=None,
    help=f"{_NAMES}; several, separated by commas, share one decoding.{_DEFAULT}",
)

_EXTRACTION = (
    click.option(
        "--protocol",
        type=OneOf(list(PROTOCOLS)),
        default=None,
        help="Conventions to follow.  [default: a stored side's, else ttur for inception-v3, native for others]",
    ),
    click.option(
        "--weights",
        type=PathType(path_type=Path),
        default=None,
        help="A weights file of your own; the score is then called fd_<extractor>, not fid.",
    ),
    click.option(
        "--count",
        type=click.IntRange(min=1),
        default=None,
        help="Score a seeded choice of this many images a side.  [default: all]",
    ),
    click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of that choice."),
    click.option(
        "--alpha",
        type=OneOf(["white", "black", "drop", "refuse"]),
        default="white",
        show_default=True,
        help="What transparent pixels are composited on; drop is what most libraries do.",
    ),
    click.option("--skip-bad", is_flag=True, help="Score the rest where images cannot be read, and say so."),
    click.option(
        "--precision",
        type=OneOf(PRECISIONS),
        default=FULL_PRECISION,
        show_default=True,
        help="Less than fp32 is faster and another extractor: the score is called fd_inception-v3@bf16, not fid.",
    ),
    click.option(
        "--backend",
        type=OneOf(BACKENDS),
        default=TORCH,
        show_default=True,
        help="Who computes the network; openvino is faster on a CPU and moves distances by some 1e-6 of themselves.",
    ),
    click.option("--device", default=None, help="cpu, cuda, cuda:1, mps.  [default: cuda where there is one]"),
    click.option(
        "--batch-size",
        type=click.IntRange(min=1),
        default=None,
        help="Images a pass of the network.  [default: 32; 8 on a CPU]",
    ),
    click.option(
        "--workers",
        type=click.IntRange(min=0),
        default=None,
        help="Decoding processes; 0 decodes in this one.  [default: one a core, up to 16]",
    ),
    click.option("--offline", is_flag=True, help="Never download weights."),
    click.option(
        "--crop",
        type=OneOf(["none", "center"]),
        default="none",
        show_default=True,
        help="Cut the square in the middle out of each image; without, the whole image is squashed to a square.",
    ),
    click.option(
        "--resize-to", type=click.IntRange(min=1), default=None, help="Bring images to this size first, in pixels."
    ),
    click.option(
        "--resize-filter",
        type=OneOf(["box", "bilinear", "hamming", "bicubic", "lanczos"]),
        default="bicubic",
        show_default=True,
        help="Pillow's filter for --resize-to.",
    ),
    click.option(
        "--bit-depth",
        type=click.IntRange(9, 16),
        default=16,
        show_default=True,
        help="Bits that the values of 16-bit images use: 12 for many cameras and microscopes.",
    ),
    click.option(
        "--frames",
        callback=parse_frames_option,
        default="first",
        show_default=True,
        help="Frames of animations: first, all, or a number of evenly spaced ones.",
    ),
)


@dataclass(frozen=True)
class Networks:
    """How images become features, by one extractor or by several.

    Attributes:
        how: all options; with several extractors it names none.
        extractors: the names of several; None where there is one.
    """

    how: "Extraction"
    extractors: tuple[str, ...] | None


def extraction_options(command: CommandFunction) -> CommandFunction:
    """Add the options of how images become features to a command, which receives them as `how`, an `Extraction`."""
    return gather_into("how", _extraction, command, (_EXTRACTOR, *_EXTRACTION))


def several_extractions_options(command: CommandFunction) -> CommandFunction:
    """Add the same options where ``--extractor`` may name several, which a command receives as `networks`."""
    return gather_into("networks", _networks, command, (_EXTRACTORS, *_EXTRACTION))


def _extraction(values: dict[str, Any]) -> "Extraction":
    from ganmetrics.extraction.options import Extraction

    precision = values.pop("precision")
    if precision != FULL_PRECISION:
        values["extractor"] = with_precision(values["extractor"] or DEFAULT_EXTRACTOR, precision)
    return Extraction(**values)


def _networks(values: dict[str, Any]) -> Networks:
    names = values["extractor"]
    if not isinstance(names, tuple):
        return Networks(_extraction(values), None)
    precision = values["precision"]
    how = _extraction({**values, "extractor": None, "precision": FULL_PRECISION})
    return Networks(how, tuple(with_precision(name, precision) for name in names))
