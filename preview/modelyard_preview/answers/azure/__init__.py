"""Data sources of Azure's provider."""
