"""The rules, one a module; see `modelyard_policies.registry`."""
