"""RPO and RTO: ten cases worked out by hand, and what holds for every chain."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from previewing import dev_fields

from modelyard.environment import parse_environment
from modelyard.environment.aws.recovery_chains import recovery_chains
from modelyard.planning.recovery import (
    Basis,
    Chain,
    Loss,
    Objective,
    Term,
    Verdict,
    absent,
    replication_term,
    schedule_terms,
    shown_minutes,
    shown_terms,
    worst_rpo_minutes,
)
from modelyard.planning.schedule import interval_hours

RECOVERY = {
    "regions": {"primary": "eu-central-1", "recovery": "eu-west-1"},
    "recovery": {"network": {"cidr": "10.33.0.0/20"}},
}
WITHIN, REGION = Loss.WITHIN_REGION, Loss.REGION
RPO, RTO = Objective.RPO, Objective.RTO


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
    # 24 h interval + 1 h start + 3 h completion = 28 h = 1,680 min; 30 h are allowed.
    "a daily backup": Case(
        {"backup": {"rpo_hours": 30, "every_hours": 24}}, "backup", RPO, WITHIN, 1_680, 1_680, Verdict.MET
    ),
    # Cron can't say every 5 hours: every 4 = 240 min; 240 + 60 start + 120 completion = 420 min; 7 h = 420.
    "an interval that cron can't say": Case(
        {"backup": {"rpo_hours": 7, "every_hours": 5, "completion_window_minutes": 120}},
        *("backup", RPO, WITHIN, 420, 420, Verdict.MET),
    ),
    # Weekly: 168 h = 10,080 min, + 480 start + 1,440 completion = 12,000 min; 201 h are 12,060.
    "a weekly backup with long windows": Case(
        {
            "backup": {
                "rpo_hours": 201,
                "every_hours": 168,
                "start_window_minutes": 480,
                "completion_window_minutes": 1_440,
            }
        },
        *("backup", RPO, WITHIN, 12_000, 12_000, Verdict.MET),
    ),
    # 12 h + 1 h + 3 h = 16 h, and two missed runs of 12 h each = 24 h: 40 h = 2,400 min; 40 h are allowed.
    "two missed runs": Case(
        {"backup": {"rpo_hours": 40, "every_hours": 12, "tolerated_missed_runs": 2}},
        *("backup", RPO, WITHIN, 2_400, 2_400, Verdict.MET),
    ),
    # 28 h as above, and the copy, for which AWS commits to nothing: unknown, 1,680 min at least.
    "a copy without an assumption": Case(
        {"backup": {"rpo_hours": 30, "every_hours": 24}, **RECOVERY},
        *("backup", RPO, REGION, None, 1_680, Verdict.UNKNOWN),
    ),
    # 28 h + 6 h of copying that the user assumes = 34 h = 2,040 min; 34 h are allowed.
    "a copy with an assumption": Case(
        {"backup": {"rpo_hours": 34, "every_hours": 24, "assumed_copy_hours": 6}, **RECOVERY},
        *("backup", RPO, REGION, 2_040, 2_040, Verdict.MET),
    ),
    # A restore of 8 h, assumed = 480 min; 12 h are allowed.
    "a restore with an assumption": Case(
        {"backup": {"rpo_hours": 30, "every_hours": 24, "rto_hours": 12, "assumed_restore_hours": 8}},
        *("backup", RTO, WITHIN, 480, 480, Verdict.MET),
    ),
    # A checkpoint each 30 min + 10 min of upload = 40 min; a node's loss needs no replication; 60 are allowed.
    "the loss of a node": Case(
        {
            "training": {
                "checkpoint_every_minutes": 30,
                "checkpoint_upload_minutes": 10,
                "rpo_minutes": 60,
            },
            **RECOVERY,
        },
        *("training", RPO, WITHIN, 40, 40, Verdict.MET),
    ),
    # 30 min + 10 min + 15 min, to which S3 commits for 99.9 % of a month's objects = 55 min; 55 are allowed.
    "training whose region is lost": Case(
        {
            "training": {
                "checkpoint_every_minutes": 30,
                "checkpoint_upload_minutes": 10,
                "rpo_minutes": 55,
            },
            **RECOVERY,
        },
        *("training", RPO, REGION, 55, 55, Verdict.MET),
    ),
    # Machines: nobody knows. Start: 20 min, assumed. Unknown, 20 min at least; 90 are allowed.
    "training that waits for machines": Case(
        {
            "training": {
                "checkpoint_every_minutes": 30,
                "checkpoint_upload_minutes": 10,
                "rto_minutes": 90,
                "assumed_start_minutes": 20,
            },
            **RECOVERY,
        },
        *("training", RTO, REGION, None, 20, Verdict.UNKNOWN),
    ),
    # Machines within 60 min + 20 min until the first step, both assumed = 80 min; 90 are allowed.
    "training with reserved machines": Case(
        {
            "training": {
                "checkpoint_every_minutes": 30,
                "checkpoint_upload_minutes": 10,
                "rto_minutes": 90,
                "assumed_capacity_minutes": 60,
                "assumed_start_minutes": 20,
            }
        },
        *("training", RTO, WITHIN, 80, 80, Verdict.MET),
    ),
    # What is written to a replicated bucket may lag by the 15 min that S3 commits to; no target is set for it.
    "a replicated bucket": Case(RECOVERY, "checkpoints", RPO, REGION, 15, 15, Verdict.NO_TARGET),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_chain_comes_to_what_was_worked_out_by_hand(case: Case) -> None:
    environment = parse_environment({**dev_fields(), **case.fields})
    (chain,) = [
        chain
        for chain in recovery_chains(environment)
        if (chain.subject, chain.objective, chain.loss) == (case.subject, case.objective, case.loss)
    ]
    assert (chain.minutes, chain.known_minutes, chain.verdict) == (
        case.minutes,
        case.known_minutes,
        case.verdict,
    )


def test_without_a_recovery_region_nothing_is_promised_for_its_loss() -> None:
    fields = {**dev_fields(), "training": {"checkpoint_every_minutes": 30, "checkpoint_upload_minutes": 10}}
    chains = recovery_chains(parse_environment(fields))
    assert {chain.loss for chain in chains} == {WITHIN}
    assert {chain.subject for chain in chains} == {"backup", "training"}


def test_every_term_says_what_it_rests_on() -> None:
    training = {"checkpoint_every_minutes": 30, "checkpoint_upload_minutes": 10, "assumed_start_minutes": 5}
    environment = parse_environment({**dev_fields(), "training": training, **RECOVERY})
    terms = {term.name: term for chain in recovery_chains(environment) for term in chain.terms}
    assert {name: term.basis for name, term in terms.items()} == {
        "interval between backups": Basis.CONFIGURED,
        "start window": Basis.CONFIGURED,
        "completion window": Basis.CONFIGURED,
        "copy to the recovery region": Basis.UNKNOWN,
        "restore": Basis.UNKNOWN,
        "interval between checkpoints": Basis.CONFIGURED,
        "upload of a checkpoint": Basis.CONFIGURED,
        "replication to the recovery region": Basis.COMMITMENT,
        "machines": Basis.UNKNOWN,
        "start of the job": Basis.ASSUMPTION,
    }
    replication = terms["replication to the recovery region"]
    assert replication.as_of == "2026-11"
    assert "99.9 % of the objects of a month within 15 minutes" in replication.source
    for term in terms.values():
        assert term.source
        # What is unknown names the field in which it can be assumed.
        assert term.basis is not Basis.UNKNOWN or (term.field or "").partition(".")[2].startswith("assumed_")


MINUTES = st.integers(0, 100_000)
TERMS = st.lists(st.one_of(st.none(), MINUTES), max_size=6).map(
    lambda all_minutes: tuple(
        Term(
            f"term {place}",
            minutes,
            Basis.UNKNOWN if minutes is None else Basis.CONFIGURED,
            "somebody",
        )
        for place, minutes in enumerate(all_minutes)
    )
)


def chain_of(terms: tuple[Term, ...], target: int | None = None) -> Chain:
    return Chain("backup", Objective.RPO, Loss.WITHIN_REGION, terms, target, "backup.rpo_hours")


@given(TERMS, st.one_of(st.none(), MINUTES))
def test_what_is_unknown_absorbs_the_sum_and_is_never_met(
    terms: tuple[Term, ...], target: int | None
) -> None:
    chain = chain_of(terms, target)
    unknown = any(term.minutes is None for term in terms)
    assert (chain.minutes is None) is unknown
    assert unknown or chain.minutes == sum(term.minutes or 0 for term in terms)
    if unknown:
        assert chain.verdict is not Verdict.MET


@given(TERMS, MINUTES, st.integers(0, 5), st.integers(1, 10_000))
def test_no_term_that_grows_makes_anything_better(
    terms: tuple[Term, ...], target: int, place: int, more: int
) -> None:
    if place >= len(terms) or terms[place].minutes is None:
        return
    term = terms[place]
    longer = (*terms[:place], replace(term, minutes=(term.minutes or 0) + more), *terms[place + 1 :])
    before, after = chain_of(terms, target), chain_of(longer, target)
    assert after.known_minutes == before.known_minutes + more
    order = [Verdict.MET, Verdict.UNKNOWN, Verdict.MISSED]
    assert order.index(after.verdict) >= order.index(before.verdict)


@given(TERMS, MINUTES)
def test_a_target_that_what_is_known_exceeds_is_missed_whatever_is_unknown(
    terms: tuple[Term, ...], target: int
) -> None:
    chain = chain_of(terms, target)
    assert (chain.verdict is Verdict.MISSED) is (chain.known_minutes > target)


@given(TERMS, MINUTES)
def test_what_is_not_there_misses_every_target(terms: tuple[Term, ...], target: int) -> None:
    assert chain_of((*terms, absent("copy", "there is none")), target).verdict is Verdict.MISSED
    assert chain_of((*terms, absent("copy", "there is none"))).verdict is Verdict.NO_TARGET


@given(st.integers(1, 168), st.integers(60, 10_080), st.integers(120, 43_200), st.integers(0, 30))
def test_each_run_that_is_missed_costs_an_interval_as_the_schedule_has_it(
    every: int, start: int, completion: int, missed: int
) -> None:
    worst = worst_rpo_minutes(every, start, completion, missed)
    assert worst == start + completion + (1 + missed) * interval_hours(every) * 60
    assert worst <= start + completion + (1 + missed) * every * 60


@given(st.integers(1, 167), st.integers(60, 500), st.integers(120, 500), st.integers(0, 30))
def test_more_often_never_loses_more(every: int, start: int, completion: int, missed: int) -> None:
    rarer = worst_rpo_minutes(every + 1, start, completion, missed)
    assert worst_rpo_minutes(every, start, completion, missed) <= rarer


def test_a_schedule_that_cannot_be_read_makes_its_terms_unknown() -> None:
    interval, start, _, missed = schedule_terms(None, 60, 120, 2)
    assert (interval.minutes, interval.basis) == (None, Basis.UNKNOWN)
    assert (missed.minutes, missed.name) == (None, "2 missed runs tolerated")
    assert start.minutes == 60
    assert schedule_terms(60, 60, 120, 1)[3].name == "1 missed run tolerated"


def test_replication_without_time_control_is_committed_to_by_nobody() -> None:
    plain = replication_term(time_control=False)
    assert (plain.minutes, plain.basis) == (None, Basis.UNKNOWN)
    assert plain.source == "S3 publishes no commitment for replication without time control (2026-11)"
    assert "isn't known before the deployment" in replication_term(time_control=None).source


@pytest.mark.parametrize(
    ("minutes", "shown"),
    [(0, "0 min"), (45, "45 min"), (60, "1 h"), (90, "1 h 30 min"), (1_680, "28 h"), (60_060, "1,001 h")],
)
def test_minutes_are_shown_in_hours_where_they_make_some(minutes: int, shown: str) -> None:
    assert shown_minutes(minutes) == shown


def test_a_sum_is_shown_term_by_term() -> None:
    terms = (*schedule_terms(1_440, 60, 180), replication_term(time_control=False))
    assert shown_terms(terms) == (
        "24 h interval between backups + 1 h start window + 3 h completion window + "
        "unknown replication to the recovery region"
    )
