"""The account that a command works in: who is asking, whether it is the right one, what it answers."""
