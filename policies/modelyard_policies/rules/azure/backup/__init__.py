"""Rules for backup vaults."""
