"""Rules for trails and logs."""
