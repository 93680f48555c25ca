"""clean-fid's interface: ``from ganmetrics.compat.cleanfid import fid``, then ``fid.compute_fid(a, b)``."""
