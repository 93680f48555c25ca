"""The real images: where they come from, and batches of them."""
