"""Rules for what an account has once."""
