"""Whole spectra of two populations and of their product, fitted together to what few images tell of them."""
