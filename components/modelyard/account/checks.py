"""Rules across the fields of an account. Each is a pure function from an account to its problems."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from modelyard.account.detection import (
    AdoptedAnalyzer,
    AdoptedGuardDuty,
    CreatedGuardDuty,
    CreatedInspector,
    CreatedSecurityHub,
)
from modelyard.account.records import AdoptedConfig, CreatedTrail
from modelyard.catalog.regions import region_names
from modelyard.errors import InputError, Problem
from modelyard.validation.values import given_text, listed, nearest

if TYPE_CHECKING:
    from modelyard.account.spec import AwsAccount


def regions_are_known(account: AwsAccount) -> Iterator[Problem]:
    """Every region is in the catalog."""
    named = [("regions.primary", account.regions.primary)]
    named += [(f"regions.others[{place}]", name) for place, name in enumerate(account.regions.others)]
    for field, name in named:
        if name in region_names():
            continue
        like = nearest(name, region_names())
        yield Problem(
            field=field,
            given=given_text(name),
            message=f'the catalog knows no region "{name}"',
            allowed=", ".join(region_names()),
            mend=f"did you mean {listed(like)}?" if like else "choose one of these",
        )


def regions_are_named_once(account: AwsAccount) -> Iterator[Problem]:
    """No region is named twice."""
    seen = {account.regions.primary}
    for place, name in enumerate(account.regions.others):
        if name in seen:
            yield _twice(f"regions.others[{place}]", name)
        seen.add(name)


def choices_are_made_once(account: AwsAccount) -> Iterator[Problem]:
    """No list of choices holds one twice."""
    for field, chosen in _lists(account):
        for place, choice in enumerate(chosen):
            if choice in chosen[:place]:
                yield _twice(f"{field}[{place}]", choice)


def adopted_parts_are_named_for_each_region(account: AwsAccount) -> Iterator[Problem]:
    """What is adopted by region is named for each of the account's regions, and for no other."""
    for field, ids in _adopted_by_region(account):
        missing = [name for name in account.every_region if name not in ids]
        if missing:
            yield Problem(
                field=field,
                given=", ".join(ids),
                message=f"what is adopted in {listed(missing)} isn't named",
                allowed="one for each region of the account",
                mend=f"add {missing[0]}: with its id, or take the region out of regions",
            )
        for name in ids:
            if name not in account.every_region:
                yield Problem(
                    field=f"{field}.{name}",
                    given=given_text(ids[name]),
                    message=f"{name} is none of the account's regions",
                    allowed=", ".join(account.every_region),
                    mend=f"remove it, or add {name} to regions.others",
                )


def agents_need_runtime_monitoring(account: AwsAccount) -> Iterator[Problem]:
    """Agents of runtime monitoring come with runtime monitoring only."""
    guardduty = account.guardduty
    if not isinstance(guardduty, CreatedGuardDuty) or "runtime_monitoring" in guardduty.features:
        return
    if guardduty.runtime_agents:
        yield Problem(
            field="guardduty.runtime_agents",
            given=", ".join(guardduty.runtime_agents),
            message="without runtime_monitoring among the features there is nothing for agents to do",
            allowed="an empty list",
            mend="write runtime_agents: [], or add runtime_monitoring to the features",
        )


def security_hub_has_config(account: AwsAccount) -> Iterator[Problem]:
    """Security Hub judges what AWS Config records: without it, it has nothing to judge."""
    if isinstance(account.security_hub, CreatedSecurityHub) and account.config.mode == "none":
        yield Problem(
            field="config.mode",
            given="none",
            message="Security Hub holds the account against standards by what AWS Config records",
            allowed="create or adopt",
            mend="write config: {mode: create}, or security_hub: {mode: none}",
        )


def records_are_locked_no_longer_than_kept(account: AwsAccount) -> Iterator[Problem]:
    """Records of the trail are locked for no longer than they are kept."""
    trail = account.trail
    if not isinstance(trail, CreatedTrail) or trail.lock_mode == "none":
        return
    if trail.lock_days > trail.retention_days:
        yield Problem(
            field="trail.lock_days",
            given=str(trail.lock_days),
            message=f"records would be locked for longer than they are kept, {trail.retention_days} days",
            allowed=f"at most {trail.retention_days}",
            mend="lower lock_days, or raise retention_days",
        )


CHECKS: tuple[Callable[[AwsAccount], Iterator[Problem]], ...] = (
    regions_are_known,
    regions_are_named_once,
    choices_are_made_once,
    records_are_locked_no_longer_than_kept,
    adopted_parts_are_named_for_each_region,
    agents_need_runtime_monitoring,
    security_hub_has_config,
)
"""Every rule, in the order of the fields that they look at."""


def check(account: AwsAccount) -> None:
    """Raise InputError with every problem that the rules find; nothing if there is none."""
    problems = [problem for rule in CHECKS for problem in rule(account)]
    if problems:
        raise InputError(problems)


def _twice(field: str, name: str) -> Problem:
    return Problem(
        field=field,
        given=given_text(name),
        message=f"{name} is named twice",
        allowed="each once",
        mend="remove one of the two",
    )


def _lists(account: AwsAccount) -> Iterator[tuple[str, list[str]]]:
    trail, guardduty, hub, inspector = (
        account.trail,
        account.guardduty,
        account.security_hub,
        account.inspector,
    )
    if isinstance(trail, CreatedTrail):
        yield "trail.data_event_arn_prefixes", [*trail.data_event_arn_prefixes]
    if isinstance(guardduty, CreatedGuardDuty):
        yield "guardduty.features", [*guardduty.features]
        yield "guardduty.runtime_agents", [*guardduty.managed_agents]
    if isinstance(hub, CreatedSecurityHub):
        yield "security_hub.standards", [*hub.standards]
    if isinstance(inspector, CreatedInspector):
        yield "inspector.scans", [*inspector.scans]


def _adopted_by_region(account: AwsAccount) -> Iterator[tuple[str, dict[str, str]]]:
    if isinstance(account.guardduty, AdoptedGuardDuty):
        yield "guardduty.detectors", account.guardduty.detectors
    if isinstance(account.config, AdoptedConfig):
        yield "config.recorders", account.config.recorders
    if isinstance(account.access_analyzer, AdoptedAnalyzer):
        yield "access_analyzer.analyzers", account.access_analyzer.analyzers
