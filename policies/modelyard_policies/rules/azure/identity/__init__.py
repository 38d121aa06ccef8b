"""Rules for roles and federated identities."""
