"""The processes of one run (torch.distributed), and the single process that does without them.

What belongs together is done by all: `Ranks.share` divides the images, `Ranks.each` lets every process do its part
and ends all of them where one fails, and the results are joined in the order of the ranks, which is that of the
images. Which processes these are is ambient, as it is in torch: `all_ranks` finds the group where there is one.

Everything that travels lies on the host, so that a gloo group of our own carries it beside whatever backend the caller
trains with: sums stay in float64 on devices that have none, and no collective of the caller is disturbed.
"""

from ganmetrics.ranks.alone import Ranks, share_of
from ganmetrics.ranks.cores import own_cores
from ganmetrics.ranks.group import all_ranks, current, this_process_only

__all__ = ["Ranks", "all_ranks", "current", "own_cores", "share_of", "this_process_only"]
