"""How strictly each rule is enforced, and with which options: `modelyard.policies.yaml`."""
