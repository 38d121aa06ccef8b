"""Findings that somebody answers for until a day: `modelyard.suppressions.yaml`."""
