"""Distances between an image and its reconstruction."""
