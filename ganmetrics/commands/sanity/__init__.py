"""The disturbance study: what each metric makes of images that get worse step by step."""
