"""What a data center on Azure is composed of."""
