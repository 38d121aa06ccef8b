"""What checks of a real account stand on: what they are given, what they may cost, and how they clean up."""
