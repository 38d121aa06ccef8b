"""Rules for tags, and for what tags promise."""
