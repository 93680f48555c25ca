"""Entries of a bibliography: of this library, of the metrics that were used, and of the network."""

from collections.abc import Sequence

from ganmetrics.references.key import library_versions

_ENTRIES = {
    "fid": """@inproceedings{heusel2017gans,
  title     = {{GANs} Trained by a Two Time-Scale Update Rule Converge to a Local {Nash} Equilibrium},
  author    = {Heusel, Martin and Ramsauer, Hubert and Unterthiner, Thomas and Nessler, Bernhard and Hochreiter, Sepp},
  booktitle = {Advances in Neural Information Processing Systems},
  year      = {2017},
  note      = {arXiv:1706.08500}
}""",
    "kid": """@inproceedings{binkowski2018demystifying,
  title     = {Demystifying {MMD} {GANs}},
  author    = {Bi{\\'n}kowski, Miko{\\l}aj and Sutherland, Danica J. and Arbel, Michael and Gretton, Arthur},
  booktitle = {International Conference on Learning Representations},
  year      = {2018},
  note      = {arXiv:1801.01401}
}""",
    "is": """@inproceedings{salimans2016improved,
  title     = {Improved Techniques for Training {GANs}},
  author    = {Salimans, Tim and Goodfellow, Ian and Zaremba, Wojciech and Cheung, Vicki and others},
  booktitle = {Advances in Neural Information Processing Systems},
  year      = {2016},
  note      = {arXiv:1606.03498}
}""",
    "precision": """@inproceedings{kynkaanniemi2019improved,
  title     = {Improved Precision and Recall Metric for Assessing Generative Models},
  author    = {Kynk{\\"a}{\\"a}nniemi, Tuomas and Karras, Tero and Laine, Samuli and Lehtinen, Jaakko and Aila, Timo},
  booktitle = {Advances in Neural Information Processing Systems},
  year      = {2019},
  note      = {arXiv:1904.06991}
}""",
    "density": """@inproceedings{naeem2020reliable,
  title     = {Reliable Fidelity and Diversity Metrics for Generative Models},
  author    = {Naeem, Muhammad Ferjad and Oh, Seong Joon and Uh, Youngjung and Choi, Yunjey and Yoo, Jaejun},
  booktitle = {International Conference on Machine Learning},
  year      = {2020},
  note      = {arXiv:2002.09797}
}""",
    "authenticity": """@inproceedings{alaa2022faithful,
  title     = {How Faithful is your Synthetic Data? {S}ample-level Metrics for Evaluating and Auditing Generative
               Models},
  author    = {Alaa, Ahmed and van Breugel, Boris and Saveliev, Evgeny and van der Schaar, Mihaela},
  booktitle = {International Conference on Machine Learning},
  year      = {2022},
  note      = {arXiv:2102.08921}
}""",
    "dinov2": """@article{oquab2023dinov2,
  title   = {{DINOv2}: Learning Robust Visual Features without Supervision},
  author  = {Oquab, Maxime and Darcet, Timoth{\\'e}e and Moutakanni, Th{\\'e}o and others},
  journal = {arXiv:2304.07193},
  year    = {2023}
}""",
    "inception-v3": """@inproceedings{szegedy2016rethinking,
  title     = {Rethinking the {Inception} Architecture for Computer Vision},
  author    = {Szegedy, Christian and Vanhoucke, Vincent and Ioffe, Sergey and Shlens, Jon and Wojna, Zbigniew},
  booktitle = {IEEE Conference on Computer Vision and Pattern Recognition},
  year      = {2016},
  note      = {arXiv:1512.00567}
}""",
    "efficientnet": """@inproceedings{tan2019efficientnet,
  title     = {{EfficientNet}: Rethinking Model Scaling for Convolutional Neural Networks},
  author    = {Tan, Mingxing and Le, Quoc V.},
  booktitle = {International Conference on Machine Learning},
  year      = {2019},
  note      = {arXiv:1905.11946}
}""",
}
_SAME = {
    "fd": "fid",
    "sfid": "fid",
    "sfd": "fid",
    "kd": "kid",
    "recall": "precision",
    "realism": "precision",
    "coverage": "density",
}
"""Scores whose source is another's."""


def entries_for(scores: Sequence[str], extractor: str) -> str:
    """Return BibTeX for the library, the metrics of these scores and the network, each once.

    >>> entries_for(["fid", "recall"], "inception-v3").count("@")
    4
    """
    keys = [name.partition("_")[0] for name in scores]
    keys = [_SAME.get(key, key) for key in keys]
    keys += [key for key in ("dinov2", "inception-v3", "efficientnet") if extractor.startswith(key)]
    found = [_ENTRIES[key] for key in dict.fromkeys(keys) if key in _ENTRIES]
    return "\n\n".join([_own(), *found])


def _own() -> str:
    version = library_versions()["ganmetrics"]
    return f"""@software{{ganmetrics,
  title   = {{ganmetrics: evaluation of image generators}},
  author  = {{{{The ganmetrics authors}}}},
  version = {{{version}}}
}}"""
