"""What the networks are trained for: terms that add up."""
