"""Rules for EC2: instances, launch templates and security groups."""
