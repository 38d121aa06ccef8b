"""What is said of environments on AWS: cost, energy, recovery."""
