"""Rules for virtual networks."""
