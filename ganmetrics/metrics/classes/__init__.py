"""Scores by class."""
