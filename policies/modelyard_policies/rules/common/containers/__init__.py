"""Rules for containers."""
