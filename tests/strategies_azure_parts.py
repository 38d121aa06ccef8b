"""Parts of random valid environments on Azure: stores, backups, the workspace and who uses it, operations."""

from __future__ import annotations

from functools import cache
from typing import Any

from hypothesis import strategies as st

from modelyard.catalog.azure import offered_regions, region, size, size_names
from modelyard.environment.azure.needs import pair_within
from modelyard.planning.azure.clusters import BUILD_SIZE

GUIDS = st.uuids().map(str)
MONTHS = st.sampled_from(("2026-12", "2027-01", "2030-10"))
EMAILS = st.lists(st.sampled_from([f"team{n}@example.com" for n in range(10)]), min_size=1, unique=True)
REDUNDANCIES = ("lrs", "zrs", "grs", "gzrs")
STORAGE_ACCOUNT = (
    "/subscriptions/0b1c2d3e-4f50-4617-8293-a4b5c6d7e8f9/resourceGroups/open_(data).sets"
    "/providers/Microsoft.Storage/storageAccounts/opendata01"
)
RESOURCE_GUARD = (
    "/subscriptions/0b1c2d3e-4f50-4617-8293-a4b5c6d7e8f9/resourceGroups/security"
    "/providers/Microsoft.DataProtection/resourceGuards/guard-1"
)


def paired_region(primary: str, residency: str) -> str | None:
    """The region that Azure copies a primary one to, if that keeps the residency."""
    return region(primary).pair if pair_within(primary, residency) else None


@cache
def sold_in(place: str) -> tuple[str, ...]:
    """Sizes that a region sells, or of which no source says where they are sold."""
    names: list[str] = []
    for name in size_names():
        sold = offered_regions(name)
        if sold is None or place in sold:
            names.append(name)
    return tuple(names)


def store_fields(primary: str, residency: str) -> dict[str, st.SearchStrategy[Any]]:
    """What any store of a region may say."""
    kept = [
        each
        for each in REDUNDANCIES
        if (region(primary).availability_zones or "z" not in each)
        and (paired_region(primary, residency) is not None or not each.startswith("g"))
    ]
    return {
        "noncurrent_retention_days": st.integers(7, 365),
        "redundancy": st.sampled_from(kept),
        "expected_size_gib": st.integers(0, 100_000_000),
    }


@st.composite
def ages(draw: st.DrawFn, *, promotes: bool = False) -> dict[str, int]:
    """When objects cool, and when they expire: later, but where what is promoted is left to cool."""
    ages: dict[str, int] = draw(some({"cool_after_days": st.integers(1, 36_499)}))
    if draw(st.booleans()):
        least = 1 if promotes else ages.get("cool_after_days", 0) + 1
        ages["expire_after_days"] = draw(st.integers(least, 36_500))
    return ages


@st.composite
def dataset_stores(draw: st.DrawFn, primary: str, residency: str, protected: bool) -> dict[str, Any]:
    """The environment's own store for datasets."""
    store = {"kind": "blob", **draw(some(store_fields(primary, residency))), **draw(ages())}
    return store | ({"backed_up": True} if protected else draw(some({"backed_up": st.just(False)})))


@st.composite
def checkpoint_stores(draw: st.DrawFn, primary: str, residency: str) -> dict[str, Any]:
    """The store for checkpoints."""
    promotion = st.fixed_dictionaries(
        {"lock_mode": st.sampled_from(("governance", "compliance")), "lock_days": st.integers(1, 36_500)}
    )
    store = draw(some({**store_fields(primary, residency), "promotion": promotion}))
    return {"kind": "blob", **store, **draw(ages(promotes="promotion" in store))}


@st.composite
def existing_stores(draw: st.DrawFn) -> dict[str, Any]:
    """A container of somebody else's."""
    container = draw(st.sampled_from(("open-images", "corpus2026", "x01")))
    return {"kind": "existing_blob", "account_id": STORAGE_ACCOUNT, "container": container}


@st.composite
def backups(draw: st.DrawFn, recovery: bool, pair: bool) -> dict[str, Any]:
    """Backups whose objectives are held, or can't be known to be missed."""
    copied = recovery or (pair and draw(st.booleans()))
    hours: dict[str, int] = draw(
        some(
            {
                "assumed_backup_hours": st.integers(1, 300),
                "assumed_restore_hours": st.integers(1, 8_760),
                **({"assumed_copy_hours": st.integers(1, 300)} if copied else {}),
            }
        )
    )
    every_hours, missed = draw(st.sampled_from((24, 168))), draw(st.integers(0, 30))
    taken = every_hours * (1 + missed) + hours.get("assumed_backup_hours", 0)
    worst = taken + hours.get("assumed_copy_hours", 0)
    backup: dict[str, Any] = {
        "rpo_hours": draw(st.integers(worst, 8_760)),
        "every_hours": every_hours,
        "tolerated_missed_runs": missed,
        "retention_days": draw(st.integers(max(35, -(-taken // 24)), 3_650)),
        **hours,
    }
    if copied:
        backup["geo_redundant"] = True
    if draw(st.booleans()):
        backup["rto_hours"] = draw(st.integers(hours.get("assumed_restore_hours", 1), 8_760))
    locks = st.sampled_from(("governance", "compliance"))
    guards = st.one_of(st.just({}), st.just({"guard_id": RESOURCE_GUARD}))
    backup |= draw(
        some(
            {
                "lock": st.fixed_dictionaries({"mode": locks}),
                "multi_user": guards,
                "delete_lock": st.booleans(),
            }
        )
    )
    days = st.integers(14, 180)
    lasting = backup.get("lock", {}).get("mode") == "compliance"
    return backup | draw(some({"soft_delete_days": days if lasting else st.one_of(st.just(0), days)}))


@st.composite
def workspaces(draw: st.DrawFn, primary: str, elsewhere: str | None) -> dict[str, Any]:
    """A workspace whose builders are sold in both regions."""
    places = [place for place in (primary, elsewhere) if place is not None]
    builders = sorted(
        name for name in size_names() if size(name).kind == "cpu" and all(name in sold_in(p) for p in places)
    )
    workspace: dict[str, Any] = draw(
        some({"high_business_impact": st.booleans(), "registry_retention_days": st.integers(1, 365)})
    )
    if BUILD_SIZE not in builders or draw(st.booleans()):
        workspace["image_build_instance_type"] = draw(st.sampled_from(builders))
    if draw(st.booleans()):
        workspace |= {"customer_key": True, "cosmos_db_principal_id": draw(GUIDS)}
    return workspace


@st.composite
def encryption(draw: st.DrawFn) -> dict[str, Any]:
    """Keys that outlive their rotation."""
    rotation = draw(st.integers(28, 2_560))
    expiry = st.integers(rotation + 28, 7_300)
    return {"rotation_days": rotation, **draw(some({"expiry_days": expiry, "hsm": st.booleans()}))}


@st.composite
def jobs(draw: st.DrawFn) -> dict[str, Any]:
    """Who submits jobs, each once."""
    ids = draw(st.lists(GUIDS, max_size=4, unique=True))
    kinds = st.sampled_from(("user", "group", "service_principal"))
    return {"submitters": [{"principal_id": each, "kind": draw(kinds)} for each in ids]}


@st.composite
def training(draw: st.DrawFn, recovery: bool) -> dict[str, Any]:
    """Objectives that are held whatever replication, machines and start are assumed to take."""
    every, upload = draw(st.integers(1, 10_080)), draw(st.integers(1, 1_440))
    capacity, start = draw(st.integers(1, 50_000)), draw(st.integers(1, 1_440))
    worst = every + upload + (1_440 if recovery else 0)
    return {
        "checkpoint_every_minutes": every,
        "checkpoint_upload_minutes": upload,
        **draw(
            some(
                {
                    "rpo_minutes": st.integers(worst, 100_000),
                    "rto_minutes": st.integers(capacity + start, 100_000),
                    "assumed_capacity_minutes": st.just(capacity),
                    "assumed_start_minutes": st.just(start),
                }
            )
        ),
    }


def monitoring() -> st.SearchStrategy[dict[str, Any]]:
    """What is watched."""
    plans = ("virtual_machines", "storage_accounts", "containers", "key_vaults")
    return some(
        {
            "alarm_emails": EMAILS,
            "idle_accelerator_minutes": st.integers(15, 1_440),
            "replication_lag_minutes": st.sampled_from((5, 10, 15, 30, 120, 480, 1_440)),
            "log_retention_days": st.integers(30, 730),
            "public_log_queries": st.booleans(),
            "defender_plans": st.lists(st.sampled_from(plans), unique=True),
        }
    )


@st.composite
def budgets(draw: st.DrawFn) -> dict[str, Any]:
    """A budget with its alerts in order."""
    percents = st.lists(st.integers(1, 1_000), min_size=1, max_size=5, unique=True).map(sorted)
    return {
        "monthly_usd": draw(st.integers(1, 1_000_000_000)),
        "alert_emails": draw(EMAILS),
        **draw(some({"alert_percents": percents, "start_month": MONTHS})),
    }


def some(fields: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """A mapping with some of the fields: those with a default may be left out."""
    return st.fixed_dictionaries({}, optional=fields)
