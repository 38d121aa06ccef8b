"""What an environment would be, before it exists: resources, findings, cost, carbon, recovery."""
