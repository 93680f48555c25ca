<<<<<<< HEAD
"""What sampling does to a covariance's eigenvalues, and how it is undone."""
=======
"""What sampling does to the spectra of covariances, and how it is undone."""
>>>>>>> fit
