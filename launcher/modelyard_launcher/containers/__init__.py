"""Container images and containers: an engine of this machine builds, pushes and runs them."""
