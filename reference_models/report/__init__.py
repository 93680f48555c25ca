"""A page about one run or several: curves with bands, samples over the epochs, losses, warnings, settings."""
