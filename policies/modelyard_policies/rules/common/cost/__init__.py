"""Rules for what is spent: money, accelerators, carbon."""
