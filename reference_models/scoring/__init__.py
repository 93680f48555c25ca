"""Scores of a generator while it trains, through the public interface of `ganmetrics` alone."""
