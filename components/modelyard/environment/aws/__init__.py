"""Environments on AWS: models, rules, and what follows from them."""
