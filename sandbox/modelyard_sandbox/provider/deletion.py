"""Deletion as people leave a sandbox: what they put into a bucket or a registry goes with it."""

from __future__ import annotations

from typing import Any

from modelyard_sandbox.errors import CloudError
from modelyard_sandbox.handler import BaseHandler, Inputs


def delete(handler: BaseHandler[Any], cloud: Any, id_: str, inputs: Inputs) -> str | None:
    """Delete a resource, emptied if it isn't empty; what to tell the user if it wasn't.

    Raises:
        CloudError: the cloud refused for another reason, or refused to empty it (what is locked stays).
    """
    try:
        handler.delete(cloud, id_, inputs)
    except CloudError as error:
        if "NotEmpty" not in error.code:
            raise
        handler.clear(cloud, id_, inputs)
        handler.delete(cloud, id_, inputs)
        return f"{id_} was not empty; the sandbox emptied and deleted it, and AWS would refuse: {error}"
    return None
