"""Statistics of image sets: gathered in one pass, stored, cached."""
