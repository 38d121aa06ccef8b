"""Names on Azure: of the lengths and characters that Azure takes, and each of one thing only."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import SLUGS
from strategies_azure import azure_environments

from modelyard.catalog.azure import region_names
from modelyard.environment import AzureEnvironment, parse_environment
from modelyard.environment.azure.needs import ACCOUNTS
from modelyard.environment.azure.sites import sites
from modelyard.environment.azure.target import names
from modelyard.planning.azure.names import ACCOUNT_WORDS, HIGHEST_GENERATION, Names, reserved_word

SUBSCRIPTION = "9b7e4d20-3c61-4f8a-a5d2-60e1c9f7b834"

ACCOUNT = r"[a-z0-9]{3,24}"
VAULT = r"(?!.*--)[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]"
REGISTRY = r"[A-Za-z0-9]{5,50}"
WORKSPACE = r"[A-Za-z0-9][A-Za-z0-9_-]{2,32}"
LOG_WORKSPACE = r"[A-Za-z0-9][A-Za-z0-9-]{2,61}[A-Za-z0-9]"
BACKUP_VAULT = r"[A-Za-z][A-Za-z0-9-]{1,49}"
RESOURCE_GROUP = r"[\w().-]{0,89}[\w()-]"
# Microsoft, "Naming rules and restrictions for Azure resources", 2020-02-11; a workspace's: the specification of
# its API, machinelearningservices 2025-12-01.

NAMED = st.builds(
    Names,
    environment=SLUGS,
    subscription_id=st.uuids().map(str),
    region=st.sampled_from(region_names()),
    generation=st.one_of(st.integers(1, HIGHEST_GENERATION), st.just(HIGHEST_GENERATION)),
)


def everywhere(called: Names) -> list[str]:
    """The names that have to be unique in all of Azure."""
    accounts = [called.account(purpose) for purpose in ACCOUNT_WORDS]
    return [*accounts, called.vault, called.workspace_vault, called.registry]


def within_the_subscription(called: Names) -> list[str]:
    """The names that have to be unique in the subscription, or in a group of it."""
    groups = [called.resource_group, called.guard_resource_group]
    return [*groups, called.workspace, called.log_workspace, called.backup_vault]


def check(called: Names) -> None:
    """Every name is one that Azure takes."""
    for purpose in ACCOUNT_WORDS:
        assert re.fullmatch(ACCOUNT, called.account(purpose))
    assert re.fullmatch(VAULT, called.vault)
    assert re.fullmatch(VAULT, called.workspace_vault)
    assert re.fullmatch(REGISTRY, called.registry)
    assert re.fullmatch(WORKSPACE, called.workspace)
    assert re.fullmatch(LOG_WORKSPACE, called.log_workspace)
    assert re.fullmatch(BACKUP_VAULT, called.backup_vault)
    assert re.fullmatch(RESOURCE_GROUP, called.resource_group)
    assert re.fullmatch(RESOURCE_GROUP, called.guard_resource_group)


@settings(max_examples=500)
@given(NAMED)
def test_names_are_as_long_as_azure_takes_and_of_its_characters(called: Names) -> None:
    check(called)


@settings(max_examples=100)
@given(azure_environments())
def test_the_names_of_a_random_environment_are_azures_and_unique_in_both_regions(
    data: dict[str, Any],
) -> None:
    environment = parse_environment(data)
    assert isinstance(environment, AzureEnvironment)
    called = [names(environment, site.region) for site in sites(environment)]
    for each in called:
        check(each)
    all_names = [name for each in called for name in (*everywhere(each), *within_the_subscription(each))]
    assert len(set(all_names)) == len(all_names)


@settings(max_examples=300)
@given(st.lists(NAMED, min_size=2, max_size=12, unique=True))
def test_no_two_environments_share_a_name_that_is_unique_in_all_of_azure(every: list[Names]) -> None:
    all_names = [name for each in every for name in everywhere(each)]
    assert len(set(all_names)) == len(all_names)


LIKE = [
    Names("dev", SUBSCRIPTION, "westeurope"),
    Names("dev", SUBSCRIPTION, "westeurope", 2),
    Names("dev", SUBSCRIPTION, "westeurope", 11),
    Names("dev", SUBSCRIPTION, "westeurope", 111),
    Names("dev", SUBSCRIPTION, "northeurope"),
    Names("dev", SUBSCRIPTION.replace("9", "8"), "westeurope"),
    Names("d-ev", SUBSCRIPTION, "westeurope"),
    Names("d--ev", SUBSCRIPTION, "westeurope"),
    Names("devdata", SUBSCRIPTION, "westeurope"),
    Names("vision-training-a", SUBSCRIPTION, "westeurope"),
    Names("vision-training-b", SUBSCRIPTION, "westeurope"),
    Names("visiontraining-b", SUBSCRIPTION, "westeurope"),
]
"""Environments whose names are alike once they are shortened."""


def test_environments_whose_names_are_shortened_alike_are_told_apart() -> None:
    all_names = [name for each in LIKE for name in everywhere(each)]
    assert len(set(all_names)) == len(all_names)
    assert LIKE[-1].account("datasets")[:9] == LIKE[-2].account("datasets")[:9]


def test_a_higher_generation_renames_what_stays_taken_and_keeps_the_group() -> None:
    first, second = LIKE[:2]
    assert set(everywhere(first)).isdisjoint(everywhere(second))
    assert first.resource_group == second.resource_group == "dev-westeurope"
    assert first.digest == second.digest
    assert (first.workspace, second.workspace) == (f"dev-{first.digest}1", f"dev-{first.digest}2")
    assert first.log_workspace != second.log_workspace
    assert first.backup_vault != second.backup_vault


def test_names_are_what_they_were_before() -> None:
    called = Names("vision-training", SUBSCRIPTION, "westeurope", 3)
    assert called.digest == Names("vision-training", SUBSCRIPTION.upper(), "westeurope").digest
    # Worked out apart from the code: base32 of SHA-256 of "SUBSCRIPTION/vision-training/westeurope".
    assert called.digest == "otbmmj"
    assert called.account("datasets") == "visiontradataotbmmj3"
    assert called.account("checkpoints") == "visiontrackptotbmmj3"
    assert called.vault == "kv-visiontra-otbmmj3"
    assert called.workspace_vault == "ml-visiontra-otbmmj3"
    assert called.registry == "visiontrainingimagesotbmmj3"
    assert called.backup_vault == "vision-training-backup-otbmmj3"
    assert called.guard_resource_group == "vision-training-westeurope-guard"


def test_every_account_of_a_region_has_a_name() -> None:
    assert set(ACCOUNTS) == set(ACCOUNT_WORDS)
    with pytest.raises(KeyError):
        LIKE[0].account("scratch")


@pytest.mark.parametrize("environment", ["a", "x" * 20, "a-b-c-d-e-f-g-h-i-jk", "a" + "-" * 18 + "b"])
@pytest.mark.parametrize("region", ["westus", max(region_names(), key=len)])
def test_the_shortest_and_the_longest_names_are_azures_too(environment: str, region: str) -> None:
    check(Names(environment, SUBSCRIPTION, region))
    check(Names(environment, SUBSCRIPTION, region, HIGHEST_GENERATION))


@pytest.mark.parametrize(
    ("environment", "word"),
    [
        ("microsoft", "microsoft"),
        ("my-windows-jobs", "windows"),
        ("micro-soft", "microsoft"),
        ("login-test", "login"),
        ("log-in", "login"),
        ("test-login", None),
        ("azure", None),
        ("win", None),
        ("xbox", None),
    ],
)
def test_words_that_azure_reserves_are_found_where_it_refuses_them(
    environment: str, word: str | None
) -> None:
    assert reserved_word(environment) == word
