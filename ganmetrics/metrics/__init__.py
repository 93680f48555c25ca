"""Features, logits or moments in; numbers out."""
