"""Rules for logs and Defender."""
