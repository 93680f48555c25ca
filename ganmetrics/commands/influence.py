"""`influence`: which images move the Fréchet distance of two sets most."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Unpack

import torch
from jaxtyping import Float64
from torch import Tensor

from ganmetrics.core.memory import MEMORY
from ganmetrics.data.decode import decode_stored
from ganmetrics.errors import InputError
from ganmetrics.extraction.options import Extraction
from ganmetrics.metrics.catalogue import METRICS
from ganmetrics.metrics.frechet.distance import frechet_distance
from ganmetrics.metrics.frechet.influence import frechet_influence
from ganmetrics.ranks import all_ranks
from ganmetrics.references.gather import gather
from ganmetrics.references.keywords import GatheringOptions
from ganmetrics.references.rows import ImageRows, RowNames
from ganmetrics.references.run import split_gathering
from ganmetrics.references.sides import Demand, Request, open_side
from ganmetrics.report import Report, Table
from ganmetrics.report.pictures import Strip, Thumbnail, contact_sheet, save_picture
from ganmetrics.scoring import Comparison
from ganmetrics.timing import stage

RELIABLE_PER_FEATURE = 2
"""Images for each feature below which leaving an image out does other than its derivative says."""
CLASSES_SHOWN = 20
"""Classes a side in a picture: those with the largest sums."""
SHEETS = ("influence.png", "influence-classes.png")
"""The contact sheets: of the strongest images, and of the classes."""
_EXAMPLES = 5
"""Images of a class in a picture, for each direction."""


@dataclass(frozen=True, eq=False)
class AttributedSide:
    """The images of one side, and by how much each raises the distance.

    Attributes:
        role: ``real`` or ``fake``.
        rows: which image each entry is of.
        influence: in units of the distance, shape [n]; their sum is 0.
    """

    role: str
    rows: RowNames
    influence: Float64[Tensor, " n"]

    def raising(self, top: int, members: list[int] | None = None) -> list[int]:
        """Return up to `top` rows, all or of `members`, that make the distance larger, the strongest first."""
        return [row for row in self._ordered(members, descending=True)[:top] if self.influence[row] > 0]

    def lowering(self, top: int, members: list[int] | None = None) -> list[int]:
        """Return up to `top` rows, all or of `members`, that make the distance smaller, the strongest first."""
        return [row for row in self._ordered(members, descending=False)[:top] if self.influence[row] < 0]

    def classes(self) -> dict[str, list[int]]:
        """Return the rows of each class, in the order of names; none where there are no class folders."""
        members: dict[str, list[int]] = {}
        for row in range(len(self.influence)):
            name = self.rows.class_of(row)
            if name is not None:
                members.setdefault(name, []).append(row)
        return dict(sorted(members.items()))

    def _ordered(self, members: list[int] | None, *, descending: bool) -> list[int]:
        rows = torch.arange(len(self.influence)) if members is None else torch.tensor(members)
        order = self.influence[rows].sort(descending=descending, stable=True).indices
        chosen: list[int] = rows[order].tolist()
        return chosen


@dataclass(frozen=True, eq=False)
class Attribution:
    """A Fréchet distance, and what each image contributes to it.

    Attributes:
        report: the distance, with all that produced it.
        real: the real images.
        fake: the fake images.
        alpha: what transparent pixels became, for pictures.
    """

    report: Report
    real: AttributedSide
    fake: AttributedSide
    alpha: str

    def tables(self, top: int) -> Report:
        """Return the distance with tables of the `top` images of each side and direction, and of the classes."""
        tables = []
        for side in (self.fake, self.real):
            for title, name, rows in _rankings(side, top):
                tables.append(_images_table(f"{side.role}_{name}", title, side, rows))
        for side in (self.fake, self.real):
            if side.classes():
                tables.append(_classes_table(side))
        return Report(self.report.scores, self.report.provenance, tuple(tables))

    def save_pictures(self, folder: Path, top: int) -> list[Path]:
        """Write contact sheets: ``influence.png`` of the images in those tables, and one of the classes if any.

        The second, ``influence-classes.png``, shows the strongest images of the classes that move the distance most.

        Raises:
            InputError: an image can no longer be read, or a side is features.
            StorageError: a picture cannot be written.
        """
        strips = [
            self._strip(title, side, rows) for side in (self.fake, self.real) for title, _, rows in _rankings(side, top)
        ]
        sheets = {SHEETS[0]: strips}
        by_class = [strip for side in (self.fake, self.real) for strip in self._class_strips(side)]
        if by_class:
            sheets[SHEETS[1]] = by_class
        for name, content in sheets.items():
            save_picture(contact_sheet(content), folder / name)
        return [folder / name for name in sheets]

    def _class_strips(self, side: AttributedSide) -> list[Strip]:
        """Return a strip for each of the classes that move the distance most, in the order of names."""
        classes = side.classes()
        sums = {name: float(side.influence[members].sum()) for name, members in classes.items()}
        shown = sorted(sorted(sums, key=lambda name: -abs(sums[name]))[:CLASSES_SHOWN])
        strips = []
        for name in shown:
            members = classes[name]
            raising, lowering = (choose(_EXAMPLES, members) for choose in (side.raising, side.lowering))
            title = f"{side.role}, {name}: sum {sums[name]:+.4g}; what raises it most, to what lowers it most"
            strips.append(self._strip(title, side, [*raising, *reversed(lowering)]))
        return strips

    def _strip(self, title: str, side: AttributedSide, rows: list[int]) -> Strip:
        return Strip(title, tuple(self._thumbnail(side, row) for row in rows))

    def _thumbnail(self, side: AttributedSide, row: int) -> Thumbnail:
        if not isinstance(side.rows, ImageRows):
            raise InputError(f"pictures need images; {side.rows.label(row)} is a row of features")
        source, index = side.rows.source, side.rows.indices[row]
        pixels = decode_stored(source.read(index), alpha=self.alpha).image
        name = side.rows.label(row).removeprefix(f"{source.name}/")
        return Thumbnail(pixels, (name, f"{float(side.influence[row]):+.4g}"))


def influence(
    real: object,
    fake: object,
    how: Extraction | None = None,
    *,
    memory: int = MEMORY,
    **options: Unpack[GatheringOptions],
) -> Attribution:
    """Return what each image contributes to the Fréchet distance of two sets.

    Each image's part is that of `ganmetrics.metrics.frechet.influence.frechet_influence`. Called on all processes of
    torch.distributed's group, each extracts a share and all return the whole.

    Args:
        real: the real images, as `ganmetrics.evaluate` takes them; a stored reference does not hold each image.
        fake: the same.
        how: how images become features; or its fields as keywords.
        memory: bytes that features may take; past it they lie on the disk.
        options: the fields of `ganmetrics.Extraction`, and ``cache``, ``cache_features`` and ``progress``, as
            `ganmetrics.evaluate` takes them.

    Raises:
        InputError: a source or an option is not what is needed, or both sets hold the same images.
        NotEnoughSamples: a side has one image only.
        NumericsError: the extractor gave a non-finite feature.
        WeightsError: the extractor's weights cannot be found.

    >>> import torch
    >>> from ganmetrics.testing import ChannelMeans, random_images
    >>> fake = torch.cat([random_images(30, seed=2), torch.full((1, 3, 4, 4), 255, dtype=torch.uint8)])
    >>> found = influence(random_images(30, seed=1), fake, extractor=ChannelMeans(), workers=0)
    >>> found.fake.rows.label(found.fake.raising(1)[0])
    'tensor[30]'
    """
    extraction, run = split_gathering(how, options)
    demand = Demand("influence", frozenset({"moments", "features"}), METRICS["fid"].least)
    with all_ranks("influence") as ranks:
        opened = ranks.each(lambda: (open_side(real, extraction), open_side(fake, extraction)))
        requests = [
            Request(role, side, (demand,), memory=memory) for role, side in zip(("real", "fake"), opened, strict=True)
        ]
        sides = gather(requests, extraction, cache=run.cache, distinct="influence", progress=run.progress)
        return ranks.once(lambda: _attribute(Comparison.of(*sides), extraction.alpha))


def _attribute(comparison: Comparison, alpha: str) -> Attribution:
    """Return each image's part in the distance of two sides that have features and rows."""
    metric = METRICS["fid"]
    real, fake = comparison.both(metric)
    comparison.warn([metric])
    assert real.features is not None
    assert fake.features is not None
    assert real.rows is not None
    assert fake.rows is not None
    with stage("scores"):
        moved = frechet_influence(real.features, fake.features)
        value = frechet_distance(real.reference.moments, fake.reference.moments)
    few = min(len(moved.real), len(moved.fake)) < RELIABLE_PER_FEATURE * comparison.spec.dimension
    score = comparison.score(metric, value, notes=("too few images: read influences as a ranking",) if few else ())
    return Attribution(
        Report({score.name: score}, comparison.provenance()),
        AttributedSide("real", real.rows, moved.real),
        AttributedSide("fake", fake.rows, moved.fake),
        alpha,
    )


def _rankings(side: AttributedSide, top: int) -> list[tuple[str, str, list[int]]]:
    """Return title, name and rows of both directions."""
    choices: tuple[tuple[str, Callable[[int], list[int]]], ...] = (("raise", side.raising), ("lower", side.lowering))
    return [(f"{side.role} images that {verb} the distance most", f"{verb}", choose(top)) for verb, choose in choices]


def _images_table(name: str, title: str, side: AttributedSide, rows: list[int]) -> Table:
    labelled = bool(side.classes())
    columns = ("image", "class", "influence") if labelled else ("image", "influence")
    cells = []
    for row in rows:
        class_cell = (side.rows.class_of(row),) if labelled else ()
        cells.append((side.rows.label(row), *class_cell, float(side.influence[row])))
    return Table(name, title, columns, tuple(cells))


def _classes_table(side: AttributedSide) -> Table:
    rows = []
    for name, members in side.classes().items():
        moved = side.influence[members]
        ends = [
            rows_found[0] if rows_found else None
            for rows_found in (side.raising(1, members), side.lowering(1, members))
        ]
        labels = [None if row is None else side.rows.label(row) for row in ends]
        rows.append((name, len(members), float(moved.sum()), float(moved.mean()), *labels))
    columns = ("class", "images", "sum", "mean", "raises it most", "lowers it most")
    return Table(
        f"{side.role}_classes", f"{side.role} images by class: influences on the distance", columns, tuple(rows)
    )
