"""How FSx refuses, how it answers twice to the same request, and how a thing's life goes on."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from moto.core.exceptions import JsonRESTError

from modelyard_sandbox.moto_extensions.pages import BadTokenError, page
from modelyard_sandbox.moto_extensions.store import store_of


class FsxError(JsonRESTError):
    """An error of FSx, with the members that its shape has beside the message."""

    def __init__(self, code: str, message: str, **members: str) -> None:
        super().__init__(code, message)
        self.description = json.dumps({"__type": code, "Message": message, **members})


def refuse(code: str, message: str, **members: str) -> NoReturn:
    """Answer with an error of FSx."""
    raise FsxError(code, message, **members)


def bad_request(message: str) -> NoReturn:
    """Answer with BadRequest, FSx's word for most of what is wrong."""
    raise FsxError("BadRequest", message)


def parameters(self: Any) -> dict[str, Any]:
    """The request."""
    return json.loads(self.body)


def once(self: Any, operation: str, make: Callable[[dict[str, Any]], str]) -> str:
    """The id of what the request made; of what it made before, if its token was used before.

    Raises IncompatibleParameterError if the token was used with other parameters.
    """
    asked = parameters(self)
    token = asked.pop("ClientRequestToken", None)
    if token is None:
        return make(asked)
    made = store_of(self.fsx_backend, "tokens")
    if token not in made:
        made[token] = (operation, asked, make(asked))
    first_operation, first, id_ = made[token]
    if (first_operation, first) != (operation, asked):
        refuse(
            "IncompatibleParameterError",
            f"The client request token {token} was used before with other parameters.",
            Parameter="ClientRequestToken",
        )
    return id_


def listed(self: Any, items: Sequence[dict[str, Any]], member: str) -> str:
    """One page of a describe operation's answer."""
    asked = parameters(self)
    try:
        shown, token = page(items, asked.get("NextToken"), asked.get("MaxResults"))
    except BadTokenError:
        bad_request("The NextToken is invalid.")
    return json.dumps({member: shown, **({"NextToken": token} if token else {})})


def begin(thing: dict[str, Any], *states: str) -> None:
    """Let a thing pass through states, one a look; the last one stays."""
    thing["Lifecycle"], thing["next"] = states[0], list(states)


def look(thing: dict[str, Any]) -> str:
    """The state at this look; the next look sees the next one."""
    waiting: list[str] = thing["next"]
    thing["Lifecycle"] = waiting[0]
    if len(waiting) > 1:
        waiting.pop(0)
    return thing["Lifecycle"]


def is_available(thing: dict[str, Any]) -> bool:
    """Whether it can be used: it was seen as AVAILABLE."""
    return thing["Lifecycle"] == "AVAILABLE"
