"""A package of its own name: some peers install another one called tests, which would be found in its place."""
