"""The verdict: two sentences, of what the numbers say and of what may be claimed with them."""

from ganmetrics.commands.report_page.material import Material, ReportedGenerator
from ganmetrics.pages import Prose, Section
from ganmetrics.pages.numbers import decimals_for, shown_number
from ganmetrics.report import Score


def verdict_section(material: Material) -> Section:
    """Return both sentences."""
    found = _of_one(material) if len(material.generators) == 1 else _of_several(material)
    return Section("Verdict", (Prose((f"{found} {_claims(material)}",), lead=True),))


def spoken(score: Score) -> str:
    """Return a score as a sentence says it.

    >>> spoken(Score("fid", 12.3456, corrected=10.2, low=9.9, high=10.5, confidence=0.95))
    '10.20 (95 % interval 9.90 to 10.50, corrected for the number of images)'
    >>> spoken(Score("fid", 12.3456, fake_count=500))
    '12.35'
    """
    decimals = decimals_for([score.corrected if score.corrected is not None else score.value])
    if score.corrected is None or score.low is None or score.high is None or score.confidence is None:
        return shown_number(score.value, decimals)
    number, low, high = (shown_number(value, decimals) for value in (score.corrected, score.low, score.high))
    return f"{number} ({100 * score.confidence:.6g} % interval {low} to {high}, corrected for the number of images)"


def _of_one(material: Material) -> str:
    (generator,) = material.generators
    score = material.distance(generator)
    if score is None:
        return f"No Fréchet distance of {generator.name} could be given; the scores below stand by themselves."
    sentence = f"{generator.name} lies at {score.name} {spoken(score)} from the real images"
    if score.low is None:
        return f"{sentence}, a number that depends on how many images were compared."
    if score.low > 0:
        return f"{sentence}, which is more than chance gives two sets of images of one kind."
    return f"{sentence}, which chance alone can give: at these counts it cannot be told from real images."


def _of_several(material: Material) -> str:
    name = material.distance_name
    order = material.ranking.order(name)
    if not order:
        return "No Fréchet distance could be given; the scores below stand by themselves."
    best = next(generator for generator in material.generators if generator.name == order[0])
    beaten = material.ranking.beaten_by(name, best.name)
    open_ones = [other for other in order[1:] if other not in beaten]
    sentence = f"{best.name} lies closest to the real images, at {name} {spoken(best.report[name])}"
    if not material.ranking.contrasts:
        return f"{sentence}; whether that is beyond chance was not tested."
    parts = [f"better beyond chance than {_listed(beaten)}" if beaten else ""]
    parts.append(f"not told apart from {_listed(open_ones)} at these counts" if open_ones else "")
    return f"{sentence}: {', but '.join(part for part in parts if part)}."


def _claims(material: Material) -> str:
    """Return what may be claimed with the distance and what not."""
    scores = [score for generator in material.generators if (score := material.distance(generator)) is not None]
    spec, protocol = material.generators[0].side.identity, material.protocol.name
    made = f"{spec.spec.name if spec else 'this extractor'} under {protocol}"
    if not scores:
        return f"Numbers made with {made} compare with each other only."
    if all(score.corrected is not None for score in scores):
        allowed = f"It may be compared with corrected distances made with {made} on these real images at any count"
    else:
        counts = _counts(material.generators[0])
        allowed = (
            f"It may be compared with distances made with {made} on these real images at the same counts ({counts})"
        )
    refused = [] if material.distance_name == "fid" else ["with FIDs of papers"]
    refused.append("with distances of other networks, resizes or real images")
    sentence = f"{allowed}, but not {' or '.join(refused)}"
    if any(score.corrected is not None and not score.calibrated for score in scores):
        return f"{sentence}; the interval is not borne out by a study at these counts, for the reasons below."
    return f"{sentence}."


def _counts(generator: ReportedGenerator) -> str:
    score = next(iter(generator.report.values()))
    shown = ["unknown" if count is None else f"{count:,}" for count in (score.real_count, score.fake_count)]
    return f"{shown[0]} real, {shown[1]} generated"


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
