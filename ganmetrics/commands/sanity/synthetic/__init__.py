"""Which metric notices what: drawn features, of which it is known what is wrong."""
