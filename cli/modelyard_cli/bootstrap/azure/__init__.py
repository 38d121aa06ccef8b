"""What stands in a subscription on Azure before the first `pulumi up`."""
