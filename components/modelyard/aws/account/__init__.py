"""What an account has once."""

from modelyard.aws.account.account import Account, provider_of

__all__ = ["Account", "provider_of"]
