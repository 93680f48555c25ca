"""The tables of the studies that the models come from, run again: ours beside theirs."""
