"""Figures of a preview for whoever compares two: cost, carbon, and what is lost and for how long.

They are read from the parts of a document of schema modelyard.preview/1, so that a kept document and a
preview made now come to the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, cast

from modelyard.account.load import is_account
from modelyard_policies.figures import Figure, Unit
from modelyard_preview.analyses import account_cost, analyse, stack_cost
from modelyard_preview.subjects import Subject

_CASES: Final = ("idle", "expected", "maximum")
_OBJECTIVES: Final = {"rpo": "RPO", "rto": "RTO"}
_LOSSES: Final = {"within_region": "a loss in the region", "region": "the loss of the region"}

Data = Mapping[str, Any]


def figures_of(preview: Data) -> list[Figure]:
    """The figures of a preview, or of a part of one, as they are now. What is missing or odd is left out."""
    return [
        *_cost(_mapping(preview.get("cost"))),
        *_carbon(_mapping(preview.get("energy"))),
        *_recovery(_mapping(preview.get("recovery"))),
    ]


def figures_of_subject(subject: Subject) -> list[Figure]:
    """The figures of what is judged now: cost of every stack, the others of an environment alone."""
    spec, graph = subject.spec, subject.graph
    if spec is None:
        return figures_of({"cost": stack_cost(graph, subject.region).as_json()})
    if is_account(spec):
        return figures_of({"cost": account_cost(graph, spec).as_json()})
    analyses = analyse(graph, spec)
    return figures_of(
        {
            "cost": analyses.cost.as_json(),
            "energy": analyses.energy.as_json(),
            "recovery": analyses.recovery.as_json(),
        }
    )


def beside(figures: Iterable[Figure], before: Mapping[str, float | None] | None) -> list[Figure]:
    """The same with what they were in a base. What only the base has is gone from the design."""
    known = before or {}
    return [Figure(each.name, each.unit, known.get(each.name), each.after, each.note) for each in figures]


def values(figures: Iterable[Figure]) -> dict[str, float | None]:
    """What they are now, by name."""
    return {each.name: each.after for each in figures}


def _cost(cost: Data) -> Iterator[Figure]:
    usd, unpriced = _mapping(cost.get("usd")), cost.get("unpriced")
    number = len(cast("list[Any]", unpriced)) if isinstance(unpriced, list) else 0
    lines = "1 line has no price and isn't" if number == 1 else f"{number} lines have no price and aren't"
    note = f"{lines} in it" if number else ""
    is_known = bool(cost.get("items")) or not number  # (without any price, nothing isn't what it costs)
    for case in _CASES:
        if case in usd:
            amount = _number(usd[case]) if is_known else None
            yield Figure(f"cost a month, {case}", Unit.USD_A_MONTH, None, amount, note)


def _carbon(energy: Data) -> Iterator[Figure]:
    carbon = _mapping(energy.get("kgCo2ePerMonth"))
    for source in ("lowest", "highest"):
        expected = _mapping(carbon.get(source)).get("expected")
        if carbon:
            name = f"CO2e a month, expected, {source} source"
            yield Figure(name, Unit.KG_CO2E_A_MONTH, None, _number(expected))


def _recovery(recovery: Data) -> Iterator[Figure]:
    chains = recovery.get("chains")
    for item in cast("list[Any]", chains) if isinstance(chains, list) else ():
        chain = _mapping(item)
        objective, loss = _OBJECTIVES.get(str(chain.get("objective"))), _LOSSES.get(str(chain.get("loss")))
        if objective and loss:
            name = f"{objective} of {chain.get('subject')}, {loss}"
            yield Figure(name, Unit.MINUTES, None, _number(chain.get("minutes")), _target(chain))


def _target(chain: Data) -> str:
    target = _number(chain.get("targetMinutes"))
    missed = chain.get("verdict") == "missed"
    return f"misses its target of {target:,.0f} minutes" if missed and target is not None else ""


def _mapping(value: Any) -> Data:
    return cast("Data", value) if isinstance(value, dict) else {}


def _number(value: Any) -> float | None:
    """A number; None for one that isn't known."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if is_number and abs(value) < 1e15 else None
