"""Kernels of pairs of features, and their sums in blocks."""
