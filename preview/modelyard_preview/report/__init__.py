"""Writes previews and verdicts for people."""
