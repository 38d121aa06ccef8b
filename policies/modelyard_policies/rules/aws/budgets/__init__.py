"""Rules for AWS Budgets."""
