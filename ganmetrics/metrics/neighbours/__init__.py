"""Scores from nearest neighbours: precision, recall, copies, duplicates."""
