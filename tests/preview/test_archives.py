"""Assets and archives go to whoever realises them as plain data, and come back as what they were."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_aws as aws
from google.protobuf.json_format import MessageToDict

from modelyard_preview.engine import Realized, Registration, RunResult
from modelyard_preview.engine.values import for_realizer, to_wire

Run = Callable[..., RunResult]


class Echo:
    """Gives back what it was asked to make."""

    def __init__(self) -> None:
        self.made: list[Registration] = []

    def register(self, registration: Registration) -> Realized:
        self.made.append(registration)
        return Realized("id", registration.inputs)

    def invoke(self, token: str, args: dict[str, Any], region: str | None) -> dict[str, Any]:
        raise NotImplementedError(token)

    def read(self, type: str, name: str, id: str, inputs: dict[str, Any]) -> Realized:  # noqa: A002
        raise NotImplementedError(name)


def test_a_function_is_made_of_an_archive_and_answered_with_it(run: Run) -> None:
    found: list[Any] = []

    def program() -> None:
        function = aws.lambda_.Function(
            "f",
            code=pulumi.AssetArchive({"a.py": pulumi.StringAsset("x = 1"), "b": pulumi.FileArchive("b.zip")}),
            role="arn:aws:iam::123456789012:role/f",
        )
        function.code.apply(found.append)

    echo = Echo()
    run(program, dry_run=False, realizer=echo)
    assert echo.made[0].inputs["code"] == {
        "archive": {"assets": {"a.py": {"asset": {"text": "x = 1"}}, "b": {"archive": {"path": "b.zip"}}}}
    }
    (code,) = found
    assert isinstance(code, pulumi.AssetArchive)
    assert code.assets["a.py"].text == "x = 1"
    assert code.assets["b"].path == "b.zip"


def test_a_map_that_only_looks_like_one_stays_a_map() -> None:
    for value in ({"archive": "yes"}, {"asset": {"owner": "ml"}}, {"archive": {"path": "a"}, "more": 1}):
        wire = to_wire({"tags": value})
        assert "4dabf18193072939515e22adb298388d" not in str(MessageToDict(wire))
        assert for_realizer(wire) == {"tags": value}
