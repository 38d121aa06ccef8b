"""What all components for Azure have in common: which aliases their resources have."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_azure_native as azure_native
import pytest
from previewing import preview

import modelyard.azure
from modelyard.azure.component import AzureComponent

FORMER = "azure-native:network/v20200601:PrivateZone"
MOVED = "azure-native:network:PrivateZone"


class Zone(AzureComponent):
    """A component with a private zone, which azure-native moved from `network` to `privatedns`."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("own:index:Zone", name, {}, opts)
        self.zone = private_zone(name, pulumi.ResourceOptions(parent=self))
        self.register_outputs({})


def private_zone(
    name: str, opts: pulumi.ResourceOptions | None = None
) -> azure_native.privatedns.PrivateZone:
    return azure_native.privatedns.PrivateZone(
        name, private_zone_name="example.com", resource_group_name="own", opts=opts
    )


def aliases_in(program: Callable[[], object]) -> dict[str, list[Any]]:
    """The aliases that a program's private zones reach the engine with."""
    seen: dict[str, list[Any]] = {}

    def watched() -> None:
        def look(given: pulumi.ResourceTransformArgs) -> None:
            if given.type_ == "azure-native:privatedns:PrivateZone":
                seen[given.name] = list(given.opts.aliases or [])

        pulumi.runtime.register_resource_transform(look)
        program()

    preview(watched)
    return seen


def types_in(program: Callable[[], object]) -> list[str]:
    (aliases,) = aliases_in(program).values()
    return [alias.type_ for alias in aliases]


def said(alias: pulumi.Alias | str) -> object:
    """What an alias says: a URN, or a name, if it has one, and a type."""
    return alias if isinstance(alias, str) else (alias.name or ..., alias.type_)


def test_only_types_without_a_version_stay() -> None:
    assert types_in(lambda: Zone("zone")) == [MOVED]


def test_a_component_in_another_needs_no_word_of_it() -> None:
    class Outer(AzureComponent):
        def __init__(self, name: str) -> None:
            super().__init__("own:index:Outer", name, {})
            Zone(f"{name}-zone", pulumi.ResourceOptions(parent=self))
            self.register_outputs({})

    assert types_in(lambda: Outer("outer")) == [MOVED]


def test_resources_of_the_program_keep_all_of_theirs() -> None:
    theirs = types_in(lambda: private_zone("own"))
    assert FORMER in theirs
    assert sum(re.search(r"v\d{8}", type_) is not None for type_ in theirs) > 5


@pytest.mark.parametrize(
    "alias", [pulumi.Alias(type_=FORMER), pulumi.Alias(name="old", type_=FORMER), "urn:1"]
)
def test_aliases_that_a_program_adds_from_outside_are_kept(alias: pulumi.Alias | str) -> None:
    def add(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult:
        more = pulumi.ResourceOptions(aliases=[alias])
        return pulumi.ResourceTransformationResult(args.props, pulumi.ResourceOptions.merge(args.opts, more))

    given = pulumi.ResourceOptions(transformations=[add])
    (aliases,) = aliases_in(lambda: Zone("zone", given)).values()
    assert [said(each) for each in aliases] == [said(pulumi.Alias(type_=MOVED)), said(alias)]
    assert given.transformations == [add]


def test_an_alias_with_a_name_says_more_than_a_version() -> None:
    was = pulumi.Alias(name="old", type_=FORMER)

    class Renamed(AzureComponent):
        def __init__(self, name: str) -> None:
            super().__init__("own:index:Renamed", name, {})
            private_zone(name, pulumi.ResourceOptions(parent=self, aliases=[was]))
            self.register_outputs({})

    (aliases,) = aliases_in(lambda: Renamed("zone")).values()
    assert [said(each) for each in aliases] == [said(was), said(pulumi.Alias(type_=MOVED))]


def test_every_component_for_azure_is_one() -> None:
    own = set[type]()
    for module in pkgutil.walk_packages(modelyard.azure.__path__, "modelyard.azure."):
        for _, found in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if issubclass(found, pulumi.ComponentResource) and found.__module__ == module.name:
                own.add(found)
    assert len(own) > 10
    assert [each.__name__ for each in own if not issubclass(each, AzureComponent)] == []
