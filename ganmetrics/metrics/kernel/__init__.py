"""Kernel distances."""
