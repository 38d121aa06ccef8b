"""What an environment on Azure costs a month: idle, as expected, and with every pool at its maximum."""
