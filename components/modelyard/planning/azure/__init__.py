"""Pure planning for Azure: names, roles, networks."""
