"""What a rule is: one question that is asked of resources of some types."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Protocol, Self

from modelyard_policies.reading import Failure, GraphView, Resource

Check = Callable[[Resource, GraphView], Iterator[Failure]]
Applies = Callable[[Resource, GraphView], bool]
Remedy = Callable[[Resource, GraphView], Mapping[str, Any]]

ELSEWHERE: Final = {
    "checkov": "checkov",
    "security_hub": "Security Hub",
    "cis_aws": "CIS AWS Foundations 5.0",
    "cis_azure": "CIS Azure Foundations 3.0",
    "azure_policy": "Azure Policy",
    "mcsb": "Microsoft cloud security benchmark",
}
"""Whose ids a rule maps to: name in a rule's `maps_to`, and as it is shown."""


class Severity(StrEnum):
    """How much harm a failure can do. Like things are alike on every cloud."""

    CRITICAL = "critical"
    """Open to the whole world, or lost for good."""
    HIGH = "high"
    """One more mistake, of whoever, exposes data or credentials, or loses what can't be made again."""
    MEDIUM = "medium"
    """A second line of defence is missing, or the way back from a loss."""
    LOW = "low"
    """Untidy: costs, or finds nobody who is responsible."""

    @property
    def rank(self) -> int:
        """Position from the worst, 0, downwards."""
        return list(Severity).index(self)


class Scope(StrEnum):
    """What a rule has to see."""

    RESOURCE = "resource"
    """The one resource (and its provider): can be judged before the resource is made."""
    STACK = "stack"
    """Other resources too: can be judged once all are known."""


class RuleOptions(Protocol):
    """Options of a rule: a frozen dataclass whose defaults are the rule's."""

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The options given. Raises OptionError for what it doesn't know or can't take."""
        ...

    @classmethod
    def schema(cls) -> dict[str, Any]:
        """JSON Schema of each option, by name."""
        ...


def _nothing(resource: Resource, graph: GraphView) -> Iterator[Failure]:
    raise NotImplementedError("a rule needs a function marked with @RULE.check")


@dataclass(eq=False, slots=True)
class Rule:
    """A rule. The module that makes one marks a generator function with `@RULE.check`.

    The function yields a Failure for each fault, and nothing if all is well. It reads as if everything
    were known: a value that isn't makes the verdict "unknown", unless a fault was found all the same.
    """

    id: str
    """Words joined by hyphens; the module is named after it."""
    code: str
    """Short code, such as ST1."""
    title: str
    """What holds when the rule is passed."""
    severity: Severity
    resources: tuple[str, ...]
    """Types that are judged, V2 twins included."""
    why: str
    """What goes wrong otherwise."""
    mend: str
    """What to change."""
    maps_to: Mapping[str, Sequence[str]]
    """Ids of the same rule elsewhere, by a name of ELSEWHERE; without those that have no counterpart."""
    snippet: str = ""
    """Python to paste, which passes the rule. It may use `pulumi`, `aws`, `azure`, and the resources that
    docs/reference/policies.md introduces, such as `bucket` and `key`."""
    reads: tuple[str, ...] = ()
    """Types of the other resources that the rule looks at. With any, its scope is the stack."""
    options: type[RuleOptions] | None = None
    """Kind of the rule's options, which it asks of the graph."""
    _check: Check = field(default=_nothing, init=False, repr=False)
    _applies: Applies | None = field(default=None, init=False, repr=False)
    _remedy: Remedy | None = field(default=None, init=False, repr=False)

    @property
    def scope(self) -> Scope:
        """What the rule has to see."""
        return Scope.STACK if self.reads else Scope.RESOURCE

    @property
    def file(self) -> str:
        """The file in which the check is written; empty if Python doesn't say."""
        return str(getattr(getattr(self._check, "__code__", None), "co_filename", ""))

    def check(self, function: Check) -> Check:
        """Mark the function that finds the faults of a resource."""
        self._check = function
        return function

    def applies(self, function: Applies) -> Applies:
        """Mark the function that says whether the rule concerns a resource of its types at all."""
        self._applies = function
        return function

    def remedy(self, function: Remedy) -> Remedy:
        """Mark the function that says what would pass the rule, where there is one safe answer: values by
        property path, such as `{"metadataOptions.httpTokens": "required"}`; nothing for a resource that
        passes. What a path leads through is made where it is missing.
        """
        self._remedy = function
        return function

    @property
    def has_remedy(self) -> bool:
        """Whether the rule can say what would pass it."""
        return self._remedy is not None

    def remedied(self, resource: Resource, graph: GraphView) -> Mapping[str, Any]:
        """Values by property path that would pass the rule; empty if nothing is to be changed. May raise
        Unread.
        """
        return {} if self._remedy is None else self._remedy(resource, graph)

    def concerns(self, resource: Resource, graph: GraphView) -> bool:
        """Whether the rule concerns `resource`. May raise Unread."""
        return self._applies is None or self._applies(resource, graph)

    def failures(self, resource: Resource, graph: GraphView) -> Iterator[Failure]:
        """The faults of `resource`. May raise Unread."""
        return self._check(resource, graph)
