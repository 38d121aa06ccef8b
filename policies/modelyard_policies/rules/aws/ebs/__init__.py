"""Rules for volumes and snapshots."""
