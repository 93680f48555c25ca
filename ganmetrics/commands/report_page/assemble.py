"""The order of the page."""

from ganmetrics.commands.report_page.extremes import extremes_section
from ganmetrics.commands.report_page.growth import growth_section
from ganmetrics.commands.report_page.material import Material
from ganmetrics.commands.report_page.methods import methods_section
from ganmetrics.commands.report_page.repeat import data_of, repeat_section
from ganmetrics.commands.report_page.samples import samples_section
from ganmetrics.commands.report_page.scale import scale_section
from ganmetrics.commands.report_page.scores import scores_section
from ganmetrics.commands.report_page.shapes import shapes_section
from ganmetrics.commands.report_page.suspects import suspects_section
from ganmetrics.commands.report_page.verdict import verdict_section
from ganmetrics.commands.report_page.warnings import warnings_section
from ganmetrics.pages import Page

SECTIONS = (
    verdict_section,
    warnings_section,
    scores_section,
    growth_section,
    samples_section,
    extremes_section,
    suspects_section,
    shapes_section,
    scale_section,
    methods_section,
    repeat_section,
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
    return Page(title, subtitle, sections, data_of(material))
