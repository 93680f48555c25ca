"""pytorch-fid's interface: ``fid_score``, ``inception``, and ``python -m ganmetrics.compat.pytorch_fid A B``."""
