"""The names of the formats, light enough for the command line to read before torch is loaded."""

OWN = "ganmetrics"

WRITTEN = {
    OWN: (".npz",),
    "pytorch-fid": (".npz",),
    "clean-fid": (".npz",),
    "adm": (".npz",),
    "edm": (".npz", ".pkl"),
    "torch-fidelity": (".pt",),
}
"""Format to the endings that its files have; EDM's two are those of EDM and of EDM2."""
