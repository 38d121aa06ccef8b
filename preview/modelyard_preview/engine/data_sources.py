"""Answers data sources: as was given, by whoever knows, by the realizer, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from pulumi.runtime.proto import provider_pb2, resource_pb2

from modelyard_policies.graph import UNKNOWN
from modelyard_preview.engine import values
from modelyard_preview.engine.asked import ASKED, Outcome
from modelyard_preview.engine.errors import OfflineInvokeError, Place, UnsupportedError
from modelyard_preview.engine.realizer import Realizer

READ_STACK_OUTPUTS = "pulumi:pulumi:readStackOutputs"
"""The engine's own data source that answers with the outputs of a stack."""


@dataclass(frozen=True, slots=True)
class Call:
    """A data source that is asked for, all of whose arguments are known."""

    token: str
    args: Mapping[str, Any]
    """In the provider's camelCase; secrets unwrapped."""
    region: str | None
    """Region of the arguments, of the explicit provider, or of the configuration."""
    provider: Mapping[str, Any]
    """Settings of the provider that would be asked, explicit or by configuration; some may be unknown."""
    fields: Mapping[str, Any]
    """Names of the result with their types; empty where they aren't declared."""


class RefusedCallError(Exception):
    """The provider would refuse the arguments."""


class DataSources(Protocol):
    """Who knows answers without a cloud."""

    def answer(self, call: Call) -> Mapping[str, Any] | None:
        """The result, in which texts that aren't known may be `UNKNOWN`; None if it can't be known.

        Raises:
            RefusedCallError: the provider would refuse the arguments.
        """
        ...

    def how_to_answer(self, token: str, fields: Mapping[str, Any]) -> str:
        """What whoever runs the program can do to answer a data source."""
        ...


@dataclass(slots=True)
class Answers:
    """What a program is told besides its own resources."""

    config: Mapping[str, str]
    invokes: Mapping[str, Mapping[str, Any]]
    """Results of data sources by token."""
    stacks: Mapping[str, Mapping[str, Any]]
    """Outputs of other stacks, by the name that a StackReference gives."""
    data_sources: DataSources | None = None

    def settings_of(self, package: str) -> dict[str, Any]:
        """What the configuration says of a provider, by its own names; secrets aren't known."""
        start = f"{package}:"
        return {
            key.removeprefix(start): UNKNOWN if values.holds_placeholder(value) else value
            for key, value in self.config.items()
            if key.startswith(start)
        }


class Answerer:
    """Answers the calls of one run."""

    def __init__(
        self,
        answers: Answers,
        realizer: Realizer | None,
        own_stack: tuple[str, str],
        failures: list[Exception],
    ) -> None:
        self.unknown: list[str] = []
        """Tokens of the calls that reached here and stayed unknown."""
        self.failures = failures
        self._answers = answers
        self._realizer = realizer
        self._own_stack = own_stack

    def answer(
        self,
        request: resource_pb2.ResourceInvokeRequest,
        region: Callable[[Mapping[str, Any]], str | None],
        provider: Mapping[str, Any],
    ) -> resource_pb2.ResourceInvokeResponse:
        """The response to a request; `region` tells the region of its arguments.

        Raises:
            OfflineInvokeError: the program waits for the answer, and there is none.
            Exception: what the realizer raised.
        """
        asked = ASKED.get()
        args = values.for_realizer(request.args)
        is_known = not values.holds_unknown(args)
        answer = self._answers.invokes.get(request.tok)
        try:
            if is_known and answer is None:
                fields = asked.fields if asked else {}
                call = Call(request.tok, args, region(args), provider, fields)
                answer = self._find(call)
        except RefusedCallError as error:
            failure = provider_pb2.CheckFailure(reason=str(error))
            return resource_pb2.ResourceInvokeResponse(failures=[failure])
        if answer is not None and is_known:
            if asked:
                asked.outcome = Outcome.ANSWERED
            fields_of: dict[str, Any] = {"return": values.to_wire(answer)}
            return resource_pb2.ResourceInvokeResponse(**fields_of)
        return self._unknown(request.tok, is_known)

    def _unknown(self, token: str, is_known: bool) -> resource_pb2.ResourceInvokeResponse:
        asked = ASKED.get()
        self.unknown.append(token)
        if asked:
            asked.outcome = Outcome.NO_ANSWER if is_known else Outcome.ARGUMENTS
            if asked.plain:
                raise self.refusal(token, asked.place, asked.fields, unknown_arguments=not is_known)
        return resource_pb2.ResourceInvokeResponse(unknown=True)

    def refusal(
        self,
        token: str,
        place: Place | None,
        fields: Mapping[str, Any],
        *,
        unknown_arguments: bool = False,
    ) -> OfflineInvokeError:
        """The error of a call that waits for an answer that nobody has; it is kept among the failures."""
        sources = self._answers.data_sources
        how = sources.how_to_answer(token, fields) if sources else ""
        error = OfflineInvokeError(token, place, unknown_arguments=unknown_arguments, how=how)
        self.failures.append(error)
        return error

    def _find(self, call: Call) -> Mapping[str, Any] | None:
        if call.token == READ_STACK_OUTPUTS:
            return self._outputs_of(call.args["name"])
        known = self._answers.data_sources.answer(call) if self._answers.data_sources else None
        if known is not None:
            return placed(known, call.fields)
        return self._realizer.invoke(call.token, dict(call.args), call.region) if self._realizer else None

    def _outputs_of(self, name: str) -> dict[str, Any]:
        """A stack's outputs, as the engine answers them: none for the program's own stack, if none were
        given, as before its first `up`.
        """
        outputs = self._answers.stacks.get(name)
        if outputs is None and name.split("/")[1:] != list(self._own_stack):
            error = UnsupportedError(f"reading the outputs of the stack {name!r}, which were not given")
            self.failures.append(error)
            raise error
        return {"name": name, "outputs": dict(outputs or {}), "secretOutputNames": []}


def placed(answer: Mapping[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    """An answer with something in the place of each text that isn't known: text that stays recognisable as
    unknown wherever the program puts it. The SDK has no result of which only a part is unknown.
    """
    missing = [name for name, kind in fields.items() if kind is str and answer.get(name) is None]
    return {**values.with_placeholders(answer), **dict.fromkeys(missing, values.PLACEHOLDER)}
