"""What the rules for AWS share."""
