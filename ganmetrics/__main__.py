"""``python -m ganmetrics``."""

from ganmetrics.cli import main

main()
