"""Distances to nearest neighbours, within a set and between sets."""
