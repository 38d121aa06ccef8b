"""What is known of a value before anything is made."""

import asyncio

import pulumi

from modelyard.wiring.plain import known_now


async def of_a_value_with_outputs():
    later = pulumi.Output.from_input("later")
    return known_now({"a": 1, "b": [True, later, {"c": later, "d": "x"}], "e": None, "f": (1, 2)})


async def of_a_value_with_a_future():
    return known_now({"a": asyncio.get_running_loop().create_future()})


def test_what_becomes_known_later_is_left_out_and_the_rest_stays():
    known = asyncio.run(of_a_value_with_outputs())
    assert known == {"a": 1, "b": [True, None, {"c": None, "d": "x"}], "e": None, "f": [1, 2]}


def test_what_is_awaited_is_left_out():
    assert asyncio.run(of_a_value_with_a_future()) == {"a": None}
