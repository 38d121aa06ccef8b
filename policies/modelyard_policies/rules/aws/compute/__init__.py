"""Rules for what starts machines, whichever service does."""
