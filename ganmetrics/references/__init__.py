"""What is kept of a set of images: statistics in files, in the cache, in other libraries' formats."""
