"""What the components of every cloud share: their types, args, outputs, and the host that serves them."""
