"""What the rules for Azure share."""
