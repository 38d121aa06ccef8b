"""What an environment costs a month: idle, as expected, and with every pool at its maximum.

Of an account, and of any stack, what is known without a statement of its use.
"""
