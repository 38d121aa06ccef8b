"""How a call can end that was sent once, besides well and in a refusal."""

from __future__ import annotations

from modelyard.errors import SurroundingsError

LOOK_UP_SECONDS = 10.0
"""How long a job is looked for whose call had no answer: a service may list it a moment later."""


class UnclearOutcomeError(Exception):
    """A call had no answer, or none that says whether it got through."""


class AnsweredError(SurroundingsError):
    """A service or a store answered, and what it said stands in the way: it isn't away, and what runs there
    may go on all the same.
    """


class DeniedError(AnsweredError):
    """A store refused a call for want of the right to it, as it does to who may only look on."""


class BrokenOffError(SurroundingsError):
    """A part of a submission got through. The same job submitted again completes it."""
