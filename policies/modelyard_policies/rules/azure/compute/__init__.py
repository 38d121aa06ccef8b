"""Rules for virtual machines and disks."""
