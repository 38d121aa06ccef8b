"""The private half of a key, made when something is first signed with it.

moto makes one of RSA for every key, symmetric ones too, where it is never used: a tenth of a second each.
"""

from __future__ import annotations

from functools import cached_property

from moto.kms import models
from moto.kms.utils import AbstractPrivateKey, generate_private_key


class PrivateKey(AbstractPrivateKey):
    """The private half of a key of this kind, as moto would have made it with the key."""

    def __init__(self, key_spec: str) -> None:
        self._key_spec = key_spec

    @cached_property
    def _made(self) -> AbstractPrivateKey:
        return generate_private_key(self._key_spec)

    def sign(self, message: bytes, signing_algorithm: str) -> bytes:
        """Sign a message."""
        return self._made.sign(message, signing_algorithm)

    def verify(self, message: bytes, signature: bytes, signing_algorithm: str) -> bool:
        """Whether a signature is a message's."""
        return self._made.verify(message, signature, signing_algorithm)

    def public_key(self) -> bytes:
        """The other half."""
        return self._made.public_key()


def install() -> None:
    """Give it to the keys that are made from now on."""
    setattr(models, "generate_private_key", PrivateKey)  # noqa: B010 (a class in the place of a function)
