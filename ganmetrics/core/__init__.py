"""Pure float64 torch: linear algebra, moments, divergences. No files, no printing, no hidden randomness."""
