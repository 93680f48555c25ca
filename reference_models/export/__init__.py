"""Samples of a trained generator as files."""
