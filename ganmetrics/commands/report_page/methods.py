"""What goes into a paper: a paragraph, a row of a table, the entries of a bibliography."""

from ganmetrics.commands.report_page.material import Material
from ganmetrics.pages import Code, Prose, Section
from ganmetrics.report import Report
from ganmetrics.report.citations import bibtex
from ganmetrics.report.exports import to_latex


def methods_section(material: Material) -> Section:
    """Return all three."""
    scored = {
        one.name: Report({name: score for name, score in one.report.items() if not name.endswith(("_floor", "_test"))})
        for one in material.generators
    }
    rows = to_latex(scored)
    blocks = (
        Prose((paragraph(material),)),
        Code("LaTeX", rows),
        Code("BibTeX", bibtex(material.generators[0].report.values())),
    )
    return Section("For a paper", blocks)


def paragraph(material: Material) -> str:
    """Return how the numbers were made, as a paper says it."""
    versions = material.generators[0].report.provenance.get("versions", {})
    version = versions.get("ganmetrics", "of an unknown version")
    count = material.real.reference.count
    real = "an unknown number of" if count is None else f"{count:,}"
    of_each = [one.side.reference.count for one in material.generators]
    counts = " and ".join(dict.fromkeys("unknown" if one is None else f"{one:,}" for one in of_each))
    each = " of each generator" if len(material.generators) > 1 else ""
    sentences = [
        f"We compare {counts} generated images{each} with {real} real images in the features of "
        f"{_extractor(material)} ({_made(material)}), computed with ganmetrics {version}."
    ]
    if material.options.interval and any(material.distance(one) is not None for one in material.generators):
        level = f"{100 * material.options.confidence:.6g} %"
        sentences.append(
            "Fréchet distances are given as they are commonly computed and corrected for the number of images, by a "
            f"joint fit of the spectra of both covariances and of their product, with {level} intervals for the "
            "distance of the populations."
        )
    if material.ranking.contrasts:
        sentences.append(
            "Generators are called different where the interval of their difference excludes 0 and a permutation test, "
            "with Holm's correction for the number of pairs, agrees."
        )
    sentences.append(f"Choices of images are drawn with seed {material.seed}.")
    return " ".join(sentences)


def _extractor(material: Material) -> str:
    identity = material.generators[0].side.identity
    return "an unknown extractor" if identity is None else identity.spec.name


def _made(material: Material) -> str:
    identity = material.generators[0].side.identity
    digest = None if identity is None else identity.spec.weights_sha256
    return f"protocol {material.protocol.name}" + (f", weights SHA-256 {digest[:16]}" if digest else "")
