"""What the engine spares the SDK, and what a program sees of that: nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest
from pulumi.runtime import resource as sdk_resource
from pulumi.runtime import stack as sdk_stack

from modelyard_policies.graph import Graph, Node
from modelyard_preview.engine import RunResult, adapted

Run = Callable[..., RunResult]
Find = Callable[[Graph, str], Node]
OLDEST = "urn:pulumi:dev::shop::aws:kms/key:Key::oldest"


def sdk_own() -> tuple[Any, ...]:
    """What the engine puts something else in the place of."""
    return (pulumi.resource.collapse_alias_to_urn, sdk_resource.prepare_aliases, sdk_stack.wait_for_rpcs)


SDK_OWN = sdk_own()


class Renamed(pulumi.ComponentResource):
    """A component that had another name, with a key that had another one, too."""

    def __init__(self, name: str) -> None:
        was = pulumi.Alias(name="old", type_="shop:index:Former")
        super().__init__("shop:index:Renamed", name, {}, pulumi.ResourceOptions(aliases=[was]))
        later = pulumi.Output.from_input(pulumi.Alias(name="later"))
        former: list[Any] = [pulumi.Alias(name="old-key"), OLDEST, later, pulumi.Output.from_input(OLDEST)]
        self.key = aws.kms.Key(f"{name}-key", opts=pulumi.ResourceOptions(parent=self, aliases=former))
        self.register_outputs({})


def test_no_urn_is_made_of_an_alias(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    original, made = sdk_resource.create_urn, list[Any]()

    def create_urn(name: Any, *more: Any) -> Any:
        made.append(name)
        return original(name, *more)

    monkeypatch.setattr(sdk_resource, "create_urn", create_urn)
    run(lambda: Renamed("new"))
    assert "new" in made
    assert not {"old", "old-key"} & set(made)


def test_aliases_reach_the_engine_as_they_were_specified(run: Run) -> None:
    seen: dict[str, Any] = {}

    def program() -> None:
        def look(given: pulumi.ResourceTransformArgs) -> None:
            seen[given.name] = given.opts.aliases

        pulumi.runtime.register_resource_transform(look)
        Renamed("new")

    run(program)
    (component,) = seen["new"]
    assert (component.name, component.type_) == ("old", "shop:index:Former")
    alias, urn, later, other_urn = seen["new-key"]
    assert (alias.name, later.name) == ("old-key", "later")
    assert (urn, other_urn) == (OLDEST, OLDEST)


def test_after_a_run_the_sdk_is_as_it_was(run: Run) -> None:
    run(lambda: Renamed("new"))
    assert sdk_own() == SDK_OWN


def _waits_in(run: Run, monkeypatch: pytest.MonkeyPatch, program: Callable[[], Any]) -> list[int]:
    """How many outputs the SDK waited for, each time that it did."""
    original, waited = asyncio.wait, list[int]()

    def wait(tasks: Any, **named: Any) -> Any:
        waited.append(len(tasks))
        return original(tasks, **named)

    monkeypatch.setattr(asyncio, "wait", wait)
    run(program)
    return waited


def _chain() -> None:
    previous: pulumi.Input[str] = "first"
    for number in range(40):
        previous = aws.kms.Key(f"key-{number}", description=previous).arn


def test_the_sdk_finds_few_outputs_to_wait_for(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with_settling = sum(_waits_in(run, monkeypatch, _chain))
    monkeypatch.undo()
    monkeypatch.setattr(adapted, "settling", lambda original: original)
    assert with_settling <= 5 < 100 < sum(_waits_in(run, monkeypatch, _chain))


def test_a_program_that_waits_for_time_is_waited_for(run: Run, node: Find) -> None:
    async def later() -> str:
        await asyncio.sleep(0.01)
        return "later"

    def program() -> None:
        description = pulumi.Output.from_input(asyncio.ensure_future(later()))
        aws.kms.Key("key", description=description)

    assert node(run(program).graph, "key").properties["description"] == "later"


def test_a_task_that_never_rests_keeps_no_run_from_its_end(run: Run, node: Find) -> None:
    async def restless() -> None:
        while True:
            await asyncio.sleep(0)

    def program() -> None:
        # (kept: a task that nobody holds may be collected)
        program.task = asyncio.ensure_future(restless())  # type: ignore[attr-defined]
        aws.kms.Key("key")

    assert node(run(program).graph, "key").type == "aws:kms/key:Key"


def test_an_error_in_an_output_still_ends_the_run(run: Run) -> None:
    def program() -> None:
        key = aws.kms.Key("key", description="d")
        pulumi.Output.from_input("x").apply(lambda _: 1 / 0)
        aws.kms.Alias("alias", target_key_id=key.id)

    with pytest.raises(ZeroDivisionError):
        run(program)
