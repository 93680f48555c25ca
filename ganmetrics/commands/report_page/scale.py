"""The scale: which disturbance of the real images lies as far from them as a generator does."""

from ganmetrics.commands.report_page.material import Material, ReportedGenerator, ScaleOf
from ganmetrics.pages import Axis, Grid, Line, LineChart, Prose, Section, SideBySide

SCALE_DISTURBANCES = ("blur", "noise", "jpeg")
"""Those that a reader can imagine by a number."""
_WORDS = {"blur": "a blur of {} pixels", "noise": "a share of {} Gaussian noise", "jpeg": "JPEG at quality {}"}


def scale_section(material: Material) -> Section | None:
    """Return the scale; None where it was not asked for."""
    if not material.scale:
        return None
    charts = tuple(_chart(material, name, scale) for name, scale in material.scale.items())
    columns = ("generator", *material.scale)
    rows = tuple((one.name, *(_told(material, one, name) for name in material.scale)) for one in material.generators)
    grid = Grid("A generator's distance is that of", columns, rows, numeric=(False,) * len(columns))
    told = (
        "One half of the real images is disturbed and scored against the other. Between the levels that were scored "
        "the distance is taken as a straight line."
    )
    return Section("On the scale of disturbances", (Prose((told,)), grid, SideBySide(charts)))


def level_at(scale: ScaleOf, distance: float, *, corrected: bool) -> float | None:
    """Return the level of a disturbance that has this distance; None beyond the highest level.

    >>> level_at(ScaleOf("pixels", (0.0, 1.0, 2.0), (1.0, 3.0, 9.0), (0.0, 2.0, 8.0)), 5.0, corrected=True)
    1.5
    """
    found = list(scale.corrected if corrected else scale.values)
    numbers = [value if value is not None else plain for value, plain in zip(found, scale.values, strict=True)]
    if distance <= numbers[0]:
        return scale.levels[0]
    for place in range(1, len(numbers)):
        low, high = numbers[place - 1], numbers[place]
        if low < distance <= high:
            share = (distance - low) / (high - low)
            return scale.levels[place - 1] + share * (scale.levels[place] - scale.levels[place - 1])
    return None


def is_corrected(material: Material) -> bool:
    """Return whether corrected distances can be laid on corrected ones, the only fair way at unequal counts."""
    levels = [value for scale in material.scale.values() for value in scale.corrected]
    scores = [material.distance(generator) for generator in material.generators]
    return all(value is not None for value in levels) and all(
        one is not None and one.corrected is not None for one in scores
    )


def _distance(material: Material, generator: ReportedGenerator) -> float | None:
    score = material.distance(generator)
    if score is None:
        return None
    return score.corrected if is_corrected(material) else score.value


def _told(material: Material, generator: ReportedGenerator, name: str) -> str:
    scale, distance = material.scale[name], _distance(material, generator)
    if distance is None:
        return "not known"
    level = level_at(scale, distance, corrected=is_corrected(material))
    if level is None:
        return f"more than {_words(name, scale.levels[-1])}"
    return "no disturbance" if level == 0 else _words(name, level)


def _words(name: str, level: float) -> str:
    """Return a level in words.

    >>> _words("blur", 0.7), _words("jpeg", 40.0)
    ('a blur of 0.7 pixels', 'JPEG at quality 60')
    """
    return _WORDS[name].format(f"{100 - level:.0f}" if name == "jpeg" else f"{level:.2g}")


def _chart(material: Material, name: str, scale: ScaleOf) -> LineChart:
    corrected = is_corrected(material)
    values = scale.corrected if corrected else scale.values
    ends = (scale.levels[0], scale.levels[-1])
    lines = [Line("disturbed real images", scale.levels, values, 0)]
    for generator in material.generators:
        distance = _distance(material, generator)
        if distance is not None:
            lines.append(Line(generator.name, ends, (distance, distance), generator.colour, dashed=True))
    kind = "corrected " if corrected else ""
    return LineChart(
        title=name,
        description=f"{kind}{material.distance_name} of real images by the level of {name}, and that of generators.",
        x=Axis(scale.unit),
        y=Axis(f"{kind}{material.distance_name}"),
        lines=tuple(lines),
    )
