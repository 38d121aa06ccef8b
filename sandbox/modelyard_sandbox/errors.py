"""What can go wrong in the sandbox.

ModelyardError
├── SandboxError          base of the sandbox's own; the answer is no (exit code 1)
│   ├── CloudError        the cloud refused a call; in its own words
│   ├── UnsupportedError  a type, an input or a value that the sandbox doesn't handle, by name
│   ├── PartialError      a resource was made, and could not be finished
│   ├── RealizationError  an environment could not be brought up; says what stands and what doesn't
│   └── ImpossibleError   an `up` asks for what the engine would refuse as well
└── SurroundingsError     the server doesn't start, doesn't answer, or someone else is at work (exit code 3)
    └── NoAnswerError     a call got no answer: it may have been carried out
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from modelyard.errors import ModelyardError, SurroundingsError

GONE_WORDS = ("NotFound", "NoSuch", "NotExist", "Unknown", "404")
"""What the codes of errors have in common by which AWS's services say that a thing isn't there."""


class SandboxError(ModelyardError):
    """Base of what the sandbox refuses."""


class CloudError(SandboxError):
    """The cloud's answer to a call was an error."""

    def __init__(self, service: str, operation: str, code: str, message: str) -> None:
        self.service = service
        self.operation = operation
        self.code = code
        self.message = message
        super().__init__(f"{service}:{operation} answered {code}: {message}")

    @property
    def says_gone(self) -> bool:
        """Whether the error means that the thing asked for isn't there."""
        return any(word in self.code for word in GONE_WORDS)

    @property
    def says_throttled(self) -> bool:
        """Whether the error means by its status, whatever its code, that too many calls came at once."""
        return False


class UnsupportedError(SandboxError):
    """A type, an input or a value that the sandbox doesn't handle."""

    @classmethod
    def unknown_input(cls, type_: str, names: Iterable[str], known: Iterable[str]) -> UnsupportedError:
        """Inputs that a handler doesn't know: never dropped in silence."""
        cloud = "azure" if "azure-native" in type_ else "aws"
        return cls(
            f"the sandbox's {type_} does not know the input {', '.join(sorted(names))}\n"
            f"  it knows: {', '.join(sorted(known))}\n"
            f"  mend: leave the input out, or teach it to the handler in sandbox/modelyard_sandbox/{cloud}"
        )


class PartialError(SandboxError):
    """A resource was made, but a later step of its creation failed; `id` and `outputs` say what stands."""

    def __init__(self, id_: str, outputs: dict[str, Any], cause: SandboxError) -> None:
        self.id = id_
        self.outputs = outputs
        self.cause = cause
        super().__init__(f"{id_} was made, but not finished: {cause}")


class RealizationError(SandboxError):
    """An environment could not be brought up."""


class NoAnswerError(SurroundingsError):
    """A call got no answer: whether it was carried out isn't known."""


class ImpossibleError(SandboxError):
    """The program asks for a change that Pulumi's engine would refuse as well."""
