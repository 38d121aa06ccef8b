"""Rules for storage accounts."""
