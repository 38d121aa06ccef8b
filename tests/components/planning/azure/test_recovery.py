"""RPO and RTO on Azure: twelve cases worked out by hand, and what holds for every chain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from previewing import ROOT
from strategies_azure import azure_environments

from modelyard.environment import AzureEnvironment, load_environment, parse_environment
from modelyard.environment.azure.recovery_chains import (
    backed_up,
    recovery_chains,
    replicated_stores,
    stores,
)
from modelyard.planning.azure.recovery import (
    copy_term,
    replication_term,
    restore_term,
    resumption_terms,
    schedule_terms,
)
from modelyard.planning.recovery import Basis, Chain, Loss, Objective, Verdict, shown_terms

WITHIN, REGION = Loss.WITHIN_REGION, Loss.REGION
RPO, RTO = Objective.RPO, Objective.RTO

BACKUP: dict[str, Any] = {"rpo_hours": 200, "every_hours": 24}
TRAINING = {"checkpoint_every_minutes": 30, "checkpoint_upload_minutes": 10}
DATASETS = {"kind": "blob", "backed_up": True}
UNPROTECTED = {"storage": {"datasets": {"kind": "blob"}, "checkpoints": {"kind": "blob"}}, "backup": None}


def two_regions(**recovery: int) -> dict[str, Any]:
    """The recovery region that Azure pairs with the primary one."""
    return {
        "regions": {"primary": "westeurope", "recovery": "northeurope"},
        "recovery": {"network": {"cidr": "10.48.0.0/20"}, **recovery},
    }


def parsed(data: dict[str, Any]) -> AzureEnvironment:
    """An environment on Azure."""
    environment = parse_environment(data)
    assert isinstance(environment, AzureEnvironment)
    return environment


def dev(fields: dict[str, Any]) -> AzureEnvironment:
    """The shipped environment azure-dev with other fields; what is None is left out."""
    shipped = load_environment("azure-dev", root=ROOT).model_dump(mode="json", exclude_none=True)
    return parsed({name: value for name, value in {**shipped, **fields}.items() if value is not None})


@dataclass(frozen=True)
class Case:
    """A chain of an environment, and what it comes to by hand."""

    fields: dict[str, Any]
    subject: str
    objective: Objective
    loss: Loss
    minutes: int | None
    known_minutes: int
    verdict: Verdict


CASES = {
    # 24 h interval = 1,440 min; for how long the next backup takes Azure has no commitment: unknown.
    "a daily backup of which nothing is assumed": Case(
        {"backup": {**BACKUP, "rpo_hours": 30}}, "backup", RPO, WITHIN, None, 1_440, Verdict.UNKNOWN
    ),
    # 24 h + 6 h that the user assumes = 30 h = 1,800 min; 30 h are allowed.
    "a daily backup with an assumption": Case(
        {"backup": {**BACKUP, "rpo_hours": 30, "assumed_backup_hours": 6}},
        *("backup", RPO, WITHIN, 1_800, 1_800, Verdict.MET),
    ),
    # Weekly: 168 h + 12 h assumed = 180 h = 10,800 min; 200 h = 12,000 are allowed.
    "a weekly backup": Case(
        {"backup": {"rpo_hours": 200, "every_hours": 168, "assumed_backup_hours": 12}},
        *("backup", RPO, WITHIN, 10_800, 10_800, Verdict.MET),
    ),
    # 24 h + 6 h = 30 h, and two missed runs of 24 h each = 48 h: 78 h = 4,680 min; 78 h are allowed.
    "two missed runs": Case(
        {"backup": {**BACKUP, "rpo_hours": 78, "assumed_backup_hours": 6, "tolerated_missed_runs": 2}},
        *("backup", RPO, WITHIN, 4_680, 4_680, Verdict.MET),
    ),
    # 24 h + 6 h = 30 h = 1,800 min, and the copy to the paired region, which nobody assumes: unknown.
    "a copy without an assumption": Case(
        {"backup": {**BACKUP, "assumed_backup_hours": 6, "geo_redundant": True}},
        *("backup", RPO, REGION, None, 1_800, Verdict.UNKNOWN),
    ),
    # 24 h + 6 h + 12 h of copying = 42 h = 2,520 min; 42 h are allowed. No recovery region is needed for it.
    "a copy with an assumption": Case(
        {
            "backup": {
                "rpo_hours": 42,
                "every_hours": 24,
                "assumed_backup_hours": 6,
                "assumed_copy_hours": 12,
                "geo_redundant": True,
            }
        },
        *("backup", RPO, REGION, 2_520, 2_520, Verdict.MET),
    ),
    # A restore of 12 h, assumed = 720 min; 24 h are allowed, whatever was lost.
    "a restore with an assumption": Case(
        {"backup": {**BACKUP, "geo_redundant": True, "rto_hours": 24, "assumed_restore_hours": 12}},
        *("backup", RTO, REGION, 720, 720, Verdict.MET),
    ),
    # A checkpoint each 30 min + 10 min of upload = 40 min; a node's loss needs no replication; 60 are allowed.
    "the loss of a node": Case(
        {"training": {**TRAINING, "rpo_minutes": 60}, **UNPROTECTED, **two_regions()},
        *("training", RPO, WITHIN, 40, 40, Verdict.MET),
    ),
    # 30 min + 10 min, and object replication, to which Azure commits for nothing: unknown, 40 min at least.
    "training whose region is lost": Case(
        {"training": {**TRAINING, "rpo_minutes": 60}, **UNPROTECTED, **two_regions()},
        *("training", RPO, REGION, None, 40, Verdict.UNKNOWN),
    ),
    # 30 min + 10 min + 15 min of replication, assumed = 55 min; 55 are allowed.
    "training whose region is lost, with an assumption": Case(
        {
            "training": {**TRAINING, "rpo_minutes": 55},
            **UNPROTECTED,
            **two_regions(assumed_replication_minutes=15),
        },
        *("training", RPO, REGION, 55, 55, Verdict.MET),
    ),
    # Nodes within 120 min + 20 min until the first step = 140 min; 240 are allowed, and elsewhere as well.
    "training that waits for nodes elsewhere": Case(
        {
            "training": {
                **TRAINING,
                "rto_minutes": 240,
                "assumed_capacity_minutes": 120,
                "assumed_start_minutes": 20,
            },
            **UNPROTECTED,
            **two_regions(),
        },
        *("training", RTO, REGION, 140, 140, Verdict.MET),
    ),
    # What is written to a replicated container may lag by the 15 min that the user assumes; there is no target.
    "a replicated container": Case(
        {**UNPROTECTED, **two_regions(assumed_replication_minutes=15)},
        *("datasets", RPO, REGION, 15, 15, Verdict.NO_TARGET),
    ),
}


def test_there_are_twelve_cases() -> None:
    assert len(CASES) == 12


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_chain_comes_to_what_was_worked_out_by_hand(case: Case) -> None:
    (chain,) = [
        chain
        for chain in recovery_chains(dev(case.fields))
        if (chain.subject, chain.objective, chain.loss) == (case.subject, case.objective, case.loss)
    ]
    assert (chain.minutes, chain.known_minutes, chain.verdict) == (
        case.minutes,
        case.known_minutes,
        case.verdict,
    )


def test_without_copies_elsewhere_nothing_is_promised_for_the_loss_of_the_region() -> None:
    chains = recovery_chains(dev({"training": TRAINING}))
    assert {chain.loss for chain in chains} == {WITHIN}
    assert {chain.subject for chain in chains} == {"backup", "training"}


def test_what_is_backed_up_comes_by_the_vault_and_all_else_by_replication() -> None:
    backup = {**BACKUP, "geo_redundant": True}
    protected = dev({"backup": backup, **two_regions()})
    assert (backed_up(protected), replicated_stores(protected)) == (("datasets",), ("checkpoints",))
    assert {chain.subject for chain in recovery_chains(protected)} == {"backup", "checkpoints"}
    alone = dev({**UNPROTECTED, **two_regions()})
    assert (backed_up(alone), replicated_stores(alone)) == ((), ("datasets", "checkpoints"))


def test_a_container_that_is_somebody_elses_is_neither_backed_up_nor_replicated() -> None:
    account = (
        "/subscriptions/9b7e4d20-3c61-4f8a-a5d2-60e1c9f7b834/resourceGroups/data"
        "/providers/Microsoft.Storage/storageAccounts/opendata01"
    )
    datasets = {"kind": "existing_blob", "account_id": account, "container": "corpus"}
    storage = {"datasets": datasets, "checkpoints": {"kind": "blob"}}
    environment = dev({"storage": storage, "backup": None, **two_regions()})
    assert (stores(environment), backed_up(environment)) == (("checkpoints",), ())
    assert replicated_stores(environment) == ("checkpoints",)


def test_every_term_says_what_it_rests_on() -> None:
    training = {**TRAINING, "assumed_start_minutes": 5}
    backup = {**BACKUP, "geo_redundant": True, "assumed_backup_hours": 6}
    chains = recovery_chains(dev({"training": training, "backup": backup, **two_regions()}))
    terms = {term.name: term for chain in chains for term in chain.terms}
    assert {name: term.basis for name, term in terms.items()} == {
        "interval between backups": Basis.CONFIGURED,
        "backup": Basis.ASSUMPTION,
        "copy to the paired region": Basis.UNKNOWN,
        "restore": Basis.UNKNOWN,
        "interval between checkpoints": Basis.CONFIGURED,
        "upload of a checkpoint": Basis.CONFIGURED,
        "replication to the recovery region": Basis.UNKNOWN,
        "machines": Basis.UNKNOWN,
        "start of the job": Basis.ASSUMPTION,
    }
    for term in terms.values():
        assert term.source
        # What is unknown names the field in which it can be assumed, and that Azure commits to nothing.
        if term.basis is Basis.UNKNOWN:
            assert (term.field or "").partition(".")[2].startswith("assumed_")
            assert "publishes no commitment" in term.source


def test_azure_commits_to_no_term_at_all() -> None:
    """Where Microsoft publishes one, the sources of these terms have to be read again."""
    terms = [
        *schedule_terms(24, 6, 1),
        copy_term(None),
        restore_term(None),
        replication_term(None),
        *resumption_terms(None, None),
    ]
    assert Basis.COMMITMENT not in {term.basis for term in terms}


def every_chain(environment: AzureEnvironment) -> dict[tuple[str, Objective, Loss], Chain]:
    return {(chain.subject, chain.objective, chain.loss): chain for chain in recovery_chains(environment)}


@settings(max_examples=200)
@given(azure_environments())
def test_no_objective_of_a_valid_environment_is_missed(data: dict[str, Any]) -> None:
    chains = recovery_chains(parsed(data))
    assert len({(chain.subject, chain.objective, chain.loss) for chain in chains}) == len(chains)
    assert Verdict.MISSED not in {chain.verdict for chain in chains}


@settings(max_examples=200)
@given(azure_environments())
def test_the_region_loses_no_less_than_something_in_it(data: dict[str, Any]) -> None:
    chains = every_chain(parsed(data))
    for (subject, objective, loss), chain in chains.items():
        within = chains.get((subject, objective, WITHIN))
        if loss is REGION and within is not None:
            assert chain.known_minutes >= within.known_minutes
            assert set(within.terms) <= set(chain.terms)


@settings(max_examples=200)
@given(azure_environments())
def test_every_own_store_comes_to_the_recovery_region_in_one_way(data: dict[str, Any]) -> None:
    environment = parsed(data)
    if environment.regions.recovery is None:
        assert replicated_stores(environment) == ()
        return
    by_vault, by_replication = backed_up(environment), replicated_stores(environment)
    assert set(by_vault).isdisjoint(by_replication)
    assert {*by_vault, *by_replication} == set(stores(environment))
    assert not by_vault or (environment.backup is not None and environment.backup.geo_redundant)


@given(st.sampled_from([24, 168]), st.one_of(st.none(), st.integers(1, 8_760)), st.integers(0, 30))
def test_each_run_that_is_missed_costs_an_interval(every: int, taken: int | None, missed: int) -> None:
    chain = Chain("backup", RPO, WITHIN, schedule_terms(every, taken, missed))
    assert chain.known_minutes == (every * (1 + missed) + (taken or 0)) * 60
    assert (chain.minutes is None) is (taken is None)


@given(st.one_of(st.none(), st.integers(1, 100_000)))
def test_an_assumption_is_taken_in_the_unit_of_its_field(number: int | None) -> None:
    hours = None if number is None else number * 60
    assert copy_term(number).minutes == restore_term(number).minutes == hours
    assert replication_term(number).minutes == number
    assert [term.minutes for term in resumption_terms(number, number)] == [number, number]


def test_a_schedule_that_cannot_be_read_makes_its_terms_unknown() -> None:
    interval, taken, missed = schedule_terms(None, 6, 2)
    assert (interval.minutes, interval.basis) == (None, Basis.UNKNOWN)
    assert (taken.minutes, missed.minutes, missed.name) == (360, None, "2 missed runs tolerated")


def test_a_sum_is_shown_term_by_term() -> None:
    terms = (*schedule_terms(24, 6, 1), copy_term(None))
    assert shown_terms(terms) == (
        "24 h interval between backups + 6 h backup + 24 h 1 missed run tolerated + "
        "unknown copy to the paired region"
    )
