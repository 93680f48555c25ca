"""What must be known before a number is believed."""

from ganmetrics.commands.report_page.material import Material
from ganmetrics.pages import Notes, Prose, Section


def section(material: Material) -> Section:
    """Return every warning, note and refusal, each once."""
    found = list(material.warnings)
    for generator in material.generators:
        told = f"{generator.name}: " if len(material.generators) > 1 else ""
        for score in generator.report.values():
            found += [f"{told}{score.name}: {note}" for note in score.notes]
            if score.low is not None and not score.calibrated and not any("calibrated" in note for note in score.notes):
                found.append(f"{told}{score.name}: no study bears the interval out at these counts")
        found += [f"{told}{refusal}" for refusal in generator.report.refusals.values()]
    found += material.ranking.notes
    unique = tuple(dict.fromkeys(found))
    images = tuple(_images(material))
    if not unique:
        return Section(
            "Warnings",
            (Prose(("None: nothing about the images makes the scores less than comparable.",)), Notes(images)),
        )
    return Section("Warnings", (Notes(unique, warning=True), Notes(images)))


def _images(material: Material) -> list[str]:
    """Return what the images of each side are."""
    sides = [("real", material.real), *((generator.name, generator.side) for generator in material.generators)]
    lines = []
    for role, side in sides:
        audit = side.reference.audit
        lines.append(f"{role}: {side.reference.line() if audit is None else audit.line()}")
    return lines
