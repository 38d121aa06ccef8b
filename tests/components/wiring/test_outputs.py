"""Outputs that wait for others."""

import asyncio

import pulumi
from previewing import preview

from modelyard.wiring.outputs import once, together
from modelyard_policies.graph import UNKNOWN


class Thing(pulumi.CustomResource):
    value: pulumi.Output[str]

    def __init__(self, name, **inputs):
        super().__init__("aws:ssm/parameter:Parameter", name, inputs)


def test_what_waits_depends_on_the_others_and_stays_known():
    def program():
        first, second = Thing("first", value="known"), Thing("second")
        waits = once(first.value, second.id, second.urn)
        Thing("third", value=waits, joined=pulumi.Output.all(first.value, second.id))

    found = {node.name: node for node in preview(program).resources}
    third = found["third"]
    assert third.properties["value"] == "known"
    assert set(third.property_dependencies["value"]) == {found["first"].urn, found["second"].urn}
    # What Output.all makes of the same isn't known until both are.
    assert third.properties["joined"] is UNKNOWN


def test_what_is_not_known_itself_stays_unknown():
    def program():
        first, second = Thing("first"), Thing("second", value="known")
        Thing("third", value=once(first.id, second.value))

    (third,) = [node for node in preview(program).resources if node.name == "third"]
    assert third.properties["value"] is UNKNOWN


def test_a_secret_stays_one_and_the_others_do_not_make_one():
    found = {}

    def program():
        plain, secret = pulumi.Output.from_input("plain"), pulumi.Output.secret("secret")
        Thing("secret", value=once(secret, plain))

        async def ask():
            found["secret"] = await once(secret, plain).is_secret()
            found["plain"] = await once(plain, secret).is_secret()

        Thing("asked", value=pulumi.Output.from_input(asyncio.ensure_future(ask())))

    preview(program)
    assert found == {"secret": True, "plain": False}


def test_it_waits_for_what_is_not_there_yet():
    order = []

    def program():
        async def later():
            await asyncio.sleep(0)
            order.append("later")
            return "later"

        waits = once(pulumi.Output.from_input("now"), pulumi.Output.from_input(later()))
        Thing("waits", value=waits.apply(lambda value: order.append("now") or value))

    (thing,) = [node for node in preview(program).resources if node.name == "waits"]
    assert thing.properties["value"] == "now"
    assert order == ["later", "now"]


def test_nothing_together_is_an_empty_mapping():
    (thing,) = [
        node
        for node in preview(lambda: Thing("none", value=together({})) and None).resources
        if node.name == "none"
    ]
    assert thing.properties["value"] == {}
