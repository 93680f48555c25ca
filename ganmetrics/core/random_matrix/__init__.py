"""What sampling does to the spectra of covariances, and how it is undone."""
