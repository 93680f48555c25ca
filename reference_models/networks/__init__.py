"""The networks: images from latents, and judgements of images."""
