"""Rules for key vaults and disks' keys."""
