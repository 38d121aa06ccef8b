"""What stands in an account before the first `pulumi up`: one module a kind of thing."""
