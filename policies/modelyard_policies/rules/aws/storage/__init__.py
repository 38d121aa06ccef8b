"""Rules for file systems."""
