"""What the deploy role may do, and what it never may, as pure functions of names."""
