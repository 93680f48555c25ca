"""The Fréchet distance: value, correction, interval, differences, influences."""
