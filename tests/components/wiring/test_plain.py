"""What is known of a value before anything is made."""

import asyncio

import pulumi

from modelyard.wiring.plain import known_now


def test_what_becomes_known_later_is_left_out_and_the_rest_stays():
    later = pulumi.Output.from_input("later")
    value = {"a": 1, "b": [True, later, {"c": later, "d": "x"}], "e": None, "f": (1, 2)}
    assert known_now(value) == {"a": 1, "b": [True, None, {"c": None, "d": "x"}], "e": None, "f": [1, 2]}


def test_what_is_awaited_is_left_out():
    loop = asyncio.new_event_loop()
    try:
        assert known_now({"a": loop.create_future()}) == {"a": None}
    finally:
        loop.close()
