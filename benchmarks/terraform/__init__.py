"""The same resources as a Terraform plan, for checkers that read no Pulumi."""
