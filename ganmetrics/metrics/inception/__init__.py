"""The Inception Score."""
