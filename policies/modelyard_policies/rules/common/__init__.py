"""Rules for every cloud."""
