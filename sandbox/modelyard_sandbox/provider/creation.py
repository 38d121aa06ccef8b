"""Creating a resource so that it stands once, whatever becomes of the answer."""

from __future__ import annotations

from typing import Any

from modelyard_sandbox.handler import BaseHandler, Inputs, Outputs
from modelyard_sandbox.provider.journal import Begun, Journal


def create(
    handler: BaseHandler[Any], cloud: Any, urn: str, inputs: Inputs, journal: Journal
) -> tuple[str, Outputs]:
    """Create a resource, or end a creation that was begun and got no answer.

    Raises:
        CloudError: the cloud refused, and nothing was made.
        PartialError: the resource was made, and a later step was refused.
        NoAnswerError: whether it was made isn't known; to be called again.
    """
    handler.check(inputs)
    left = journal.left(urn)
    if left is not None:
        found = _take_up(handler, cloud, urn, inputs, left, journal)
        if found is not None:
            return found
    handler.refuse_standing(cloud, inputs)
    begun = journal.begin(urn, inputs)
    with journal.ending(urn):
        return handler.finish(cloud, handler.make_once(cloud, inputs, begun.token), inputs)


def _take_up(
    handler: BaseHandler[Any], cloud: Any, urn: str, inputs: Inputs, left: Begun, journal: Journal
) -> tuple[str, Outputs] | None:
    """End the creation that was begun; None if what it made could not become what is asked for now."""
    with journal.ending(urn):
        # Marked as then, this makes nothing anew if it was made.
        id_ = handler.make_once(cloud, left.inputs, left.token)
        if left.inputs == inputs:
            return handler.finish(cloud, id_, inputs)
        if handler.replaces(left.inputs, inputs):
            handler.delete(cloud, id_, left.inputs)
            return None
        handler.finish(cloud, id_, left.inputs)
        return id_, handler.update(cloud, id_, left.inputs, inputs)
