"""Environments on Azure: models, rules, and what follows from them."""
