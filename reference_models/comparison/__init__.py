"""Several runs beside each other: curves, where one overtakes another, samples."""
