"""Rules for AWS, by service."""
