"""What reviewers ask of a number, answered from a report as far as it can be."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ganmetrics.report.score import Refusal, Score
from ganmetrics.report.wording import rounded

Provenance = Mapping[str, Any]
_INTERVALS = {
    True: "the number that as many other images of each side would give",
    False: "the number of the two populations of images, freed of the counts",
}


def checklist(
    lines: Sequence[Score | Refusal], provenance: Provenance, *, run: Mapping[str, object] | None = None
) -> str:
    """Return a checklist in Markdown, after what conferences ask of experiments: answered items are ticked.

    What a report cannot know stands there unticked, to be filled in: how many generators were trained, what was chosen
    on which images, what a caption says.

    Args:
        lines: the scores of a report, and the metrics that could not be scored.
        provenance: what produced them, as the report has it.
        run: what is known of the run beside it, such as ``command`` and ``seconds``.

    >>> score = Score("fid", 12.5, low=12.1, high=12.6, confidence=0.95, real_count=50, fake_count=50)
    >>> print(checklist([score], {}).splitlines()[2])
    - [x] **fid** = 12.50, lower is better; 95 % interval 12.10 to 12.60, not calibrated at these counts
    """
    scores = [line for line in lines if isinstance(line, Score)]
    sections = (
        ("Numbers", _numbers(lines, scores)),
        ("Images", _images(provenance)),
        ("How images became numbers", _making(provenance)),
        ("Seeds", _seeds(provenance)),
        ("Compute and software", _compute(provenance, run or {})),
        ("What only you can say", iter(_OPEN)),
    )
    return "\n\n".join("\n".join([f"## {title}", "", *items]) for title, items in sections)


_OPEN = (
    "- [ ] Generators trained, and what differs between them; the intervals above are of images, not of trainings:",
    "- [ ] On which images checkpoints, guidance or truncation were chosen, and that the numbers are not of those:",
    "- [ ] Whether several evaluations were made and the best one printed (the least of three is biased):",
    "- [ ] The reference set: which split, which crop, under which licence:",
    "- [ ] Whether people or their faces are in the images, and what consent there is:",
)


def _numbers(lines: Sequence[Score | Refusal], scores: list[Score]) -> Iterator[str]:
    for line in lines:
        if isinstance(line, Refusal):
            yield f"- [ ] **{line.name}**: not scored: {line.reason}"
            continue
        half = None if line.low is None or line.high is None else (line.high - line.low) / 2
        direction = "lower" if line.lower_is_better else "higher"
        yield f"- [x] **{line.name}** = {rounded(line.value, half)}, {direction} is better{_sure(line, half)}"
    for at_counts in sorted({score.at_counts for score in scores if score.low is not None}):
        names = ", ".join(score.name for score in scores if score.low is not None and score.at_counts is at_counts)
        yield f"- [x] The interval of {names} is of {_INTERVALS[at_counts]}."
    notes = dict.fromkeys(note for score in scores for note in score.notes)
    yield from (f"- [x] Note: {note}." for note in notes)


def _sure(score: Score, half: float | None) -> str:
    if score.low is None or score.high is None or score.confidence is None:
        return (
            "; no interval is known for it" if score.std is None else f"; ± {rounded(score.std)} over splits or subsets"
        )
    corrected = "" if score.corrected is None or score.at_counts else f"corrected {rounded(score.corrected, half)}, "
    doubt = "" if score.calibrated else ", not calibrated at these counts"
    return (
        f"; {corrected}{100 * score.confidence:g} % interval {rounded(score.low, half)} to {rounded(score.high, half)}"
        f"{doubt}"
    )


def _images(provenance: Provenance) -> Iterator[str]:
    sides = {role: side for role in ("real", "test", "fake") if isinstance(side := provenance.get(role), Mapping)}
    for role, side in sides.items():
        contents: Sequence[str] = side.get("contents") or ()
        digest = f", SHA-256 {contents[0][:16]}…" if len(contents) == 1 else f", of {len(contents)} parts"
        counted = "an unknown number of" if side.get("count") is None else f"{side['count']:,}"
        yield f"- [x] {role}: {counted} images of `{side.get('source')}`{digest if contents else ', origin unknown'}"
        yield from _audited(role, side.get("audit"))
    counts = {side.get("count") for side in sides.values()}
    if len(counts) > 1:
        yield "- [x] The sides have different numbers of images."


def _audited(role: str, audit: Mapping[str, Any] | None) -> Iterator[str]:
    if audit is None:
        return
    what = ", ".join(f"{count:,} {name}" for name, count in audit["formats"].items())
    sizes = audit["sizes"]
    seen = next(iter(sizes)) if len(sizes) == 1 else f"{len(sizes)} sizes"
    odd = "".join(f"; {count:,} {name}" for name, count in audit["oddities"].items())
    bad = f"; {len(audit['bad']):,} unreadable left out" if audit["bad"] else ""
    yield f"- [x] {role} files: {what}; {seen}{odd}{bad}"
    classes = audit.get("classes") or {}
    if not classes:
        yield f"- [ ] {role} labels: the images have none; say how labels were drawn, if there were any:"
        return
    least, most = min(classes.values()), max(classes.values())
    balance = f"{least:,} each" if least == most else f"{least:,} to {most:,} each: not balanced"
    yield f"- [x] {role} labels ({audit.get('classes_from') or 'given'}): {len(classes):,} classes, {balance}"


def _making(provenance: Provenance) -> Iterator[str]:
    spec = provenance.get("extractor")
    if isinstance(spec, Mapping):
        weights = spec.get("weights_sha256")
        origin = "the published ones, " if spec.get("canonical") else ""
        yield f"- [x] Network: {spec['name']}, layer {spec['layer']}, {spec['dimension']:,} features"
        yield f"- [x] Weights: {f'{origin}SHA-256 {weights}' if weights else 'none'}"
        yield f"- [x] Input: {spec['preprocessing']}"
    if "protocol" in provenance:
        yield f"- [x] Protocol: {provenance['protocol']}"
    for name, made in provenance.get("metrics", {}).items():
        known = {key.replace("_", " "): value for key, value in made.items() if value is not None}
        told = (f"{key} {value:.4g}" if isinstance(value, float) else f"{key} {value}" for key, value in known.items())
        yield f"- [x] {name}: {'; '.join(told)}"


def _seeds(provenance: Provenance) -> Iterator[str]:
    seeds = {}
    for role in ("real", "fake"):
        side = provenance.get(role)
        if isinstance(side, Mapping):
            seeds[role] = side.get("made_by", {}).get("seed")
    for role, seed in seeds.items():
        chosen = "all images, nothing drawn" if seed is None else f"a choice of the images with seed {seed}"
        yield f"- [x] {role}: {chosen}"
    for name, made in provenance.get("metrics", {}).items():
        if made.get("seed") is not None:
            yield f"- [x] {name}: seed {made['seed']}"
    yield "- [ ] Seed of the generator's latents and labels:"


def _compute(provenance: Provenance, run: Mapping[str, object]) -> Iterator[str]:
    versions = provenance.get("versions", {})
    if versions:
        yield f"- [x] Versions: {', '.join(f'{name} {version}' for name, version in versions.items())}"
    for role in ("real", "fake"):
        side = provenance.get(role)
        made = side.get("made_by", {}) if isinstance(side, Mapping) else {}
        if "device" in made:
            rest = ", ".join(f"{key} {made[key]}" for key in ("batch_size", "processes") if key in made)
            yield f"- [x] {role} features: device {made['device']}{f', {rest}' if rest else ''}"
    for name, value in run.items():
        yield f"- [x] {name}: {value}"
