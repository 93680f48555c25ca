"""What a trained model has learnt: paths and directions in its latent space, its features, its filters."""
