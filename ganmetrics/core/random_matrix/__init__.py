"""What sampling does to a covariance's eigenvalues, and how it is undone."""
