"""How much memory a computation may take when nobody says otherwise."""

MEMORY = 2 * 10**9
"""Bytes that a computation may hold besides the features themselves."""
