"""Folders, archives, arrays and data sets to decoded images, one at a time."""
