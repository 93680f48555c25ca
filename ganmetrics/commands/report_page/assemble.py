"""The order of the page."""

from ganmetrics.commands.report_page import (
    extremes,
    growth,
    methods,
    repeat,
    samples,
    scale,
    scores,
    shapes,
    suspects,
    verdict,
    warnings,
)
from ganmetrics.commands.report_page.material import Material
from ganmetrics.pages import Page

SECTIONS = (
    verdict.section,
    warnings.section,
    scores.section,
    growth.section,
    samples.section,
    extremes.section,
    suspects.section,
    shapes.section,
    scale.section,
    methods.section,
    repeat.section,
)
"""What a reader needs first comes first."""


def assemble(material: Material) -> Page:
    """Return the page of all sections that the material allows."""
    names = [generator.name for generator in material.generators]
    title = f"{', '.join(names)} against real images" if names != ["fake"] else "Generated images against real ones"
    identity = material.generators[0].side.identity
    extractor = "unknown extractor" if identity is None else identity.spec.name
    real = material.real.reference.source
    subtitle = f"Real images: {real}. Features of {extractor}, protocol {material.protocol.name}. Made by ganmetrics."
    sections = tuple(found for section in SECTIONS if (found := section(material)) is not None)
    return Page(title, subtitle, sections, repeat.data_of(material))
