"""Rules for what machines are started with."""
