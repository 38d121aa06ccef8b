"""Rules for registries and Kubernetes."""
