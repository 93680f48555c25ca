"""What must be known before a number is believed."""

from ganmetrics.commands.report_page.material import Material, ReportedGenerator
from ganmetrics.pages import Notes, Prose, Section


def warnings_section(material: Material) -> Section:
    """Return every warning, note and refusal, each once."""
    found = [*material.warnings, *_of_scores(material)]
    found += material.ranking.notes
    unique = tuple(dict.fromkeys(found))
    images = tuple(_images(material))
    if not unique:
        return Section(
            "Warnings",
            (Prose(("None: nothing about the images makes the scores less than comparable.",)), Notes(images)),
        )
    return Section("Warnings", (Notes(unique, warning=True), Notes(images)))


def _of_scores(material: Material) -> list[str]:
    """Return what is said of scores: a note of several scores or generators once, with all their names."""
    generators: dict[tuple[str, str], list[str]] = {}
    for generator in material.generators:
        for name, note in _notes(generator):
            generators.setdefault((name, note), []).append(generator.name)
    scores: dict[tuple[tuple[str, ...], str], list[str]] = {}
    for (name, note), told in generators.items():
        scores.setdefault((tuple(told), note), []).append(name)
    several = len(material.generators) > 1
    return [
        f"{', '.join(told) + ': ' if several else ''}{', '.join(names)}: {note}"
        for (told, note), names in scores.items()
    ]


def _notes(generator: ReportedGenerator) -> list[tuple[str, str]]:
    found = []
    for score in generator.report.values():
        found += [(score.name, note) for note in score.notes]
        if score.low is not None and not score.calibrated and not any("calibrated" in note for note in score.notes):
            found.append((score.name, "no study bears the interval out at these counts"))
    found += [(refusal.name, f"not scored: {refusal.reason}") for refusal in generator.report.refusals.values()]
    return found


def _images(material: Material) -> list[str]:
    """Return what the images of each side are."""
    sides = [("real", material.real), *((generator.name, generator.side) for generator in material.generators)]
    lines = []
    for role, side in sides:
        audit = side.reference.audit
        lines.append(f"{role}: {side.reference.line() if audit is None else audit.line()}")
    return lines
