"""What the parts of an account have in common: each is created, adopted or left alone, by name."""

from typing import Annotated, Literal

from pydantic import Field

from modelyard.environment.base import Spec


class Created(Spec):
    """The stack makes it, keeps it as it is here, and takes it away when the stack is destroyed."""

    mode: Literal["create"]
    """Whose it is."""


class Adopted(Spec):
    """It is set already by somebody else, as an organisation for all of its accounts. The stack neither
    changes nor removes it.
    """

    mode: Literal["adopt"]
    """Whose it is."""


class LeftAlone(Spec):
    """Nobody sets it: the account does without. This is the weaker choice."""

    mode: Literal["none"]
    """Whose it is."""


Setting = Annotated[Created | Adopted | LeftAlone, Field(discriminator="mode")]
"""Something that is on or off, with nothing more to choose."""

CREATED = Created(mode="create")
