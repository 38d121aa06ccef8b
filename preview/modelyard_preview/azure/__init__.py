"""What is said of environments on Azure: cost, energy, recovery."""
