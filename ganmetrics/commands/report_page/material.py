"""`Material`: all that the sections of a report read, gathered in one pass over the images."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from torch import Tensor

from ganmetrics._types import Progress, silent
from ganmetrics.core.neighbours.between import BothSets
from ganmetrics.extraction.options import Extraction
from ganmetrics.protocols import Protocol
from ganmetrics.references.sides import Side
from ganmetrics.report import Ranking, Report, Score
from ganmetrics.scoring.comparison import Comparison
from ganmetrics.scoring.options import ScoringOptions

REAL_COLOUR = 0
"""The real images' series; generators have the others in turn."""
GENERATOR_COLOURS = 4


@dataclass(frozen=True, eq=False)
class ReportedGenerator:
    """One generator.

    Attributes:
        name: as the page calls it.
        side: its images' statistics and features.
        report: its scores.
        colour: of its series.
        neighbours: who is whose neighbour, real and generated; None where that cannot be known.
        no_neighbours: why not; empty where it is known.
    """

    name: str
    side: Side
    report: Report
    colour: int
    neighbours: BothSets | None = None
    no_neighbours: str = ""


@dataclass(frozen=True, eq=False)
class Material:
    """What a page is made of.

    Attributes:
        real: the real side.
        generators: in the order that was given.
        ranking: all scores, and what differs beyond chance.
        warnings: what makes the sides less than comparable.
        how: how images became features.
        options: how scores were computed.
        command: what makes this page again.
        scale: by disturbance, its unit and the distances at each level, plain and corrected; empty where not asked.
        progress: shows how far a stage has come.
    """

    real: Side
    generators: tuple[ReportedGenerator, ...]
    ranking: Ranking
    warnings: tuple[str, ...]
    how: Extraction
    options: ScoringOptions
    command: str
    scale: Mapping[str, "ScaleOf"] = field(default_factory=dict)
    progress: Progress = silent

    @property
    def protocol(self) -> Protocol:
        """The conventions of all sides."""
        return Comparison.of(self.real, self.generators[0].side).protocol

    @property
    def seed(self) -> int:
        """Of every choice that the page makes."""
        return self.options.seed

    @property
    def real_features(self) -> Tensor | None:
        """Features of each real image; None where statistics stand for them."""
        return self.real.features

    @property
    def distance_name(self) -> str:
        """What the Fréchet distance of these sides is called."""
        for name, score in self.generators[0].report.items():
            if is_distance(score):
                return name
        return "Fréchet distance"

    def distance(self, generator: ReportedGenerator) -> Score | None:
        """Return a generator's Fréchet distance; None where it was not asked, or could not be scored."""
        found = generator.report.get(self.distance_name)
        return found if found is not None and is_distance(found) else None


@dataclass(frozen=True)
class ScaleOf:
    """The distances of ever more disturbed real images.

    Attributes:
        unit: what a level is.
        levels: rising, from 0.
        values: plain distances.
        corrected: corrected ones, where there are any.
    """

    unit: str
    levels: tuple[float, ...]
    values: tuple[float, ...]
    corrected: tuple[float | None, ...]


def is_distance(score: Score) -> bool:
    """Return whether a score is the Fréchet distance of features: ``fid`` or ``fd_<extractor>``.

    >>> is_distance(Score("fd_timm:resnet", 1.0)), is_distance(Score("sfid", 1.0)), is_distance(Score("fid_floor", 1.0))
    (True, False, False)
    """
    name = score.name
    return (name in ("fid", "fd") or name.startswith("fd_")) and not name.endswith(("_floor", "_test"))


def short(label: str) -> str:
    """Return the last part of an image's name, which is what tells it from its neighbours.

    >>> short("set.zip::cat/0001.png"), short("tensor[3]")
    ('0001.png', 'tensor[3]')
    """
    return label.rstrip("/").rsplit("/", 1)[-1].rsplit("::", 1)[-1] or label


def titled(material: Material, generator: ReportedGenerator, text: str) -> str:
    """Return a title, under the generator's name where there are several."""
    return f"{generator.name}: {text}" if len(material.generators) > 1 else text[:1].upper() + text[1:]
