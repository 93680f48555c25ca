"""What each metric claims to see, and so what it should say of each check."""

from typing import Literal

Word = Literal["worse", "same", "better"]
Claim = Literal["difference", "novelty", "classes", "fidelity", "diversity", "variety", "copies", "agreement"]

CLAIM_MEANINGS: dict[Claim, str] = {
    "difference": "any difference of the two distributions",
    "novelty": "any difference, and copies of real images",
    "classes": "any difference, and wrong classes",
    "fidelity": "whether fakes are as real ones",
    "diversity": "whether all kinds of real images are among the fakes",
    "variety": "how many kinds of fakes there are, whatever the real ones",
    "copies": "whether fakes repeat images, real or fake",
    "agreement": "whether fakes are of their classes",
}

CLAIMS: dict[str, Claim] = {
    "fid": "difference",
    "sfid": "difference",
    "kid": "difference",
    "mmd": "difference",
    "cmmd": "difference",
    "mind": "difference",
    # It is quoted as one number for quality, and so is held to that.
    "is": "difference",
    "mifid": "novelty",
    "fld": "novelty",
    "intra_fid": "classes",
    "precision": "fidelity",
    "density": "fidelity",
    "clipped_density": "fidelity",
    "symmetric_precision": "fidelity",
    "p_precision": "fidelity",
    "realism": "fidelity",
    "recall": "diversity",
    "coverage": "diversity",
    "clipped_coverage": "diversity",
    "symmetric_recall": "diversity",
    "p_recall": "diversity",
    "curve_precision": "fidelity",
    "curve_recall": "diversity",
    "vendi": "variety",
    "vendi_by_class": "variety",
    "rke": "variety",
    "authenticity": "copies",
    "duplicates": "copies",
    "fld_gap": "copies",
    "data_copying": "copies",
    "copied_share": "copies",
    "class_agreement": "agreement",
}
"""What each metric claims to see, by its name."""

_WORSE, _SAME, _NOT_BETTER, _NOT_WORSE, _ANY = (
    frozenset[Word](words)
    for words in (
        ("worse",),
        ("same",),
        ("same", "worse"),
        ("same", "better"),
        ("worse", "same", "better"),
    )
)

# By check: a difference, fidelity, diversity, variety.
_EXPECTED: dict[str, tuple[frozenset[Word], frozenset[Word], frozenset[Word], frozenset[Word]]] = {
    "mean moved by half a deviation": (_WORSE, _WORSE, _WORSE, _ANY),
    # Wide fakes reach all real images, and few of them are near any: both words can be meant.
    "too wide, 1.25 times": (_WORSE, _WORSE, _NOT_BETTER, _NOT_WORSE),
    "too narrow, 0.8 times": (_WORSE, _SAME, _WORSE, _NOT_BETTER),
    "one feature of 16 elsewhere": (_WORSE, _WORSE, _WORSE, _ANY),
    "one feature elsewhere, another 100 times larger": (_WORSE, _WORSE, _WORSE, _ANY),
    "4 of 6 modes dropped": (_WORSE, _SAME, _WORSE, _WORSE),
    "one mode five times as often": (_WORSE, _SAME, _WORSE, _WORSE),
    "6 modes invented": (_WORSE, _WORSE, _NOT_BETTER, frozenset[Word](("better",))),
    "one wide mode in the place of two": (_WORSE, _WORSE, _NOT_BETTER, _ANY),
    "sphere 10 % larger": (_WORSE, _WORSE, _NOT_BETTER, _NOT_WORSE),
    "sphere 10 % smaller": (_WORSE, _WORSE, _WORSE, _NOT_BETTER),
    "cube moved, a fifth shared": (_WORSE, _WORSE, _WORSE, _ANY),
    # Three in a hundred real images are not among the fakes, and a distance may well say so.
    "3 % outliers among the real": (_NOT_BETTER, _SAME, _NOT_BETTER, _SAME),
    "3 % outliers among the fakes": (_NOT_BETTER, _NOT_BETTER, _SAME, _ANY),
    "20 % bad fakes": (_WORSE, _WORSE, _NOT_BETTER, _ANY),
    "fakes twice each": (_NOT_BETTER, _SAME, _NOT_BETTER, _NOT_BETTER),
    # Copies are as real ones as can be; to see that they are copies is another's claim.
    "10 % of the fakes copies": (_NOT_WORSE, _NOT_WORSE, _NOT_WORSE, _SAME),
    "20 % of the fakes of wrong classes": (_SAME, _SAME, _SAME, _SAME),
}
_COPIES, _CLASSES, _TWICE = "10 % of the fakes copies", "20 % of the fakes of wrong classes", "fakes twice each"


def expected(metric: str, check: str) -> frozenset[Word] | None:
    """Return what a metric may say of a check if it is to be trusted; None where its claim says nothing of it.

    >>> sorted(expected("precision", "4 of 6 modes dropped")), expected("class_agreement", "sphere 10 % larger")
    (['same'], None)
    """
    claim = CLAIMS.get(metric)
    if claim is None:
        return None
    if claim == "copies":
        return _of_copies(metric, check)
    if claim == "agreement":
        return _WORSE if check == _CLASSES else None
    if (claim, check) in (("novelty", _COPIES), ("classes", _CLASSES)):
        return _WORSE
    row = _EXPECTED[check]
    return {"fidelity": row[1], "diversity": row[2], "variety": row[3]}.get(claim, row[0])


def _of_copies(metric: str, check: str) -> frozenset[Word]:
    """Return what a detector of copies may say: worse of copies, and of nothing else."""
    if check == _COPIES or (check == _TWICE and metric == "duplicates"):
        return _WORSE
    return _NOT_WORSE
