"""Rules for tags, across services."""
