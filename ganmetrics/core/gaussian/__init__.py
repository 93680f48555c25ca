"""Means and covariances: moments, their roots, and the products that distances need."""
