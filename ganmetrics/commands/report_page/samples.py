"""A sample of every side, drawn by the seed: nobody chose it."""

import torch

from ganmetrics.commands.report_page.images import tiles
from ganmetrics.commands.report_page.material import Material
from ganmetrics.pages import Gallery, Prose, Section
from ganmetrics.references.sides import Side

_SHOWN = 20
"""Images of each side; fewer where there are many generators."""
TOGETHER = 100


def samples_section(material: Material) -> Section:
    """Return a gallery of each side whose images are at hand."""
    sides = [("Real images", material.real), *((one.name, one.side) for one in material.generators)]
    number = max(6, min(_SHOWN, TOGETHER // len(sides)))
    galleries = [_gallery(material, title, side, number) for title, side in sides]
    told = Prose((f"Drawn with seed {material.seed}, not chosen.",))
    return Section("Samples", (told, *galleries))


def _gallery(material: Material, title: str, side: Side, number: int) -> Gallery | Prose:
    if side.rows is None:
        return Prose((f"{title}: statistics stand for the images.",))
    order = torch.randperm(len(side.rows), generator=torch.Generator().manual_seed(material.seed))
    chosen = order[:number].tolist()
    return Gallery(title, tiles(material, side.rows, chosen))
