"""Rules for VPCs."""
