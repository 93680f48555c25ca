"""Reconstructions against their originals, pair by pair."""
