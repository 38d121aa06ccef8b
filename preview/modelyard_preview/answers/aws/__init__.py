"""Data sources of AWS's provider."""
