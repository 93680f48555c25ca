"""What to cite for a score: the metric, the network, the library that the protocol follows, the correction."""

import re
from collections.abc import Iterable
from importlib.metadata import version
from importlib.resources import files

from ganmetrics.report.score import Score

OF_METRICS: dict[str, tuple[str, ...]] = {
    "fid": ("heusel2017",),
    "sfid": ("nash2021",),
    "kid": ("binkowski2018",),
    "mmd": ("gretton2012",),
    "cmmd": ("jayasumana2024",),
    "mind": ("berthet2026",),
    "fwd": ("veeramacheneni2025",),
    "is": ("salimans2016",),
    "precision": ("kynkaanniemi2019",),
    "recall": ("kynkaanniemi2019",),
    "realism": ("kynkaanniemi2019",),
    "density": ("naeem2020",),
    "coverage": ("naeem2020",),
    "clipped_density": ("salvy2025",),
    "clipped_coverage": ("salvy2025",),
    "symmetric_precision": ("khayatkhoei2023",),
    "symmetric_recall": ("khayatkhoei2023",),
    "p_precision": ("park2023",),
    "p_recall": ("park2023",),
    "authenticity": ("alaa2022",),
    "mifid": ("bai2021",),
    "vendi": ("friedman2023", "pasarkar2023"),
    "vendi_by_class": ("friedman2023", "stein2023"),
    "rke": ("jalali2023",),
    "fld": ("jiralerspong2023",),
    "fld_gap": ("jiralerspong2023",),
    "data_copying": ("meehan2020",),
    "curve_precision": ("sajjadi2018",),
    "curve_recall": ("sajjadi2018",),
    "intra_fid": ("heusel2017", "miyato2018"),
    # Of no paper.
    "duplicates": (),
    "copied_share": (),
    "class_agreement": (),
    "psnr": (),
    "psnr_of_mean_error": (),
    "l1": (),
    "ssim": ("wang2004",),
    "ms_ssim": ("wang2003",),
    "lpips-alex": ("zhang2018",),
    "lpips-vgg": ("zhang2018",),
    "st-lpips-alex": ("zhang2018", "ghildyal2022"),
    "ppl": ("karras2019", "zhang2018"),
}
"""Keys of `references.bib` by the metric's name in the catalogue, and of the scores of pairs."""

OF_EXTRACTORS = {
    "inception-v3": ("szegedy2016",),
    "efficientnet-lite0": ("tan2019",),
    "dinov2": ("oquab2024", "stein2023"),
    "clip": ("radford2021",),
}
"""By what the extractor's name begins with."""

OF_PROTOCOLS = {
    "pytorch-fid": ("seitzer2020",),
    "torch-fidelity": ("obukhov2020",),
    "clean-fid": ("parmar2022",),
    "torchmetrics": ("detlefsen2022",),
    "adm": ("dhariwal2021",),
    "stylegan": ("karras2020",),
    "dgm-eval": ("stein2023",),
    "edm2": ("karras2024",),
}

_ENTRY = re.compile(r"^@\w+\{(\w+),.*?^\}$", flags=re.MULTILINE | re.DOTALL)


def citations(scores: Iterable[Score]) -> tuple[str, ...]:
    """Return the keys of what scores are to be cited with, each once, this library first.

    >>> citations([Score("fid", 1.0, corrected=0.5, metric="fid", extractor="inception-v3", protocol="clean-fid")])
    ('ganmetrics', 'heusel2017', 'tiomoko2019', 'szegedy2016', 'parmar2022')
    """
    keys = ["ganmetrics"]
    for score in scores:
        keys += OF_METRICS.get(score.metric, ())
        if score.metric in {"fid", "sfid"} and score.corrected is not None:
            keys.append("tiomoko2019")
        keys += next((found for start, found in OF_EXTRACTORS.items() if score.extractor.startswith(start)), ())
        keys += OF_PROTOCOLS.get(score.protocol, ())
    return tuple(dict.fromkeys(keys))


def bibtex(scores: Iterable[Score]) -> str:
    """Return the entries of `citations`, as BibTeX has them.

    >>> bibtex([]).splitlines()[0]
    '@software{ganmetrics,'
    """
    known = entries()
    return "\n\n".join(known[key] for key in citations(scores))


def entries() -> dict[str, str]:
    """Return every entry by its key."""
    text = files("ganmetrics.report").joinpath("references.bib").read_text(encoding="utf-8")
    return {found[1]: found[0].replace("VERSION", version("ganmetrics")) for found in _ENTRY.finditer(text)}
