"""Images in; features out. Knows no metric."""
