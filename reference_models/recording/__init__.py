"""What a run leaves behind: rows, pictures, curves."""
