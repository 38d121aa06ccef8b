"""Calls to Azure that are throttled: as a client sees them, and by whom they are made again."""

from __future__ import annotations

import json

import pytest
from arming import GROUP
from werkzeug.test import Client

from modelyard_sandbox.azure.client import AzureError
from modelyard_sandbox.azure.manager.application import ResourceManager
from modelyard_sandbox.faults import Board, Fault, Faults
from modelyard_sandbox.retrying import answered
from modelyard_sandbox.wording import AZURE


@pytest.mark.parametrize(
    ("code", "status", "after"), [("TooManyRequests", 429, "1"), ("Conflict", 400, None)]
)
def test_a_call_that_is_throttled_has_azures_status(code: str, status: int, after: str | None) -> None:
    board = Board()
    board.set([Fault("azure:GET", "refuse", code=code)])
    client = Client(Faults(ResourceManager(), board, AZURE))
    answer = client.get(GROUP, query_string={"api-version": "2024-03-01"})
    assert (answer.status_code, answer.headers.get("Retry-After")) == (status, after)
    assert json.loads(answer.data)["error"] == {
        "code": code,
        "message": "the sandbox was asked to refuse this",
    }
    assert client.get(GROUP, query_string={"api-version": "2024-03-01"}).status_code == 404


def test_a_throttled_call_is_made_again_whatever_its_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modelyard_sandbox.retrying.FIRST_WAIT_SECONDS", 0)
    told = [AzureError("Microsoft.Network", "GET", 429, {"code": "SubscriptionRequestsThrottled"})]

    def call() -> str:
        if told:
            raise told.pop()
        return "answered"

    assert answered(call, safe=False) == "answered"
