"""Whether a region has its network watcher, which flow logs belong to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from modelyard_cli.account.survey import Subject

if TYPE_CHECKING:
    from modelyard_cli.account.azure.survey import Survey
    from modelyard_cli.findings import Finding

API_VERSION = "2024-05-01"
"""Of network watchers (REST reference, 2026-11)."""


def check(survey: Survey) -> Iterator[Finding]:
    """Look for it under the name that Azure gives it. One that is missing comes with the first network."""
    name, region, home = f"NetworkWatcher_{survey.region}", survey.region, survey.session.home
    place = f"{home}/resourceGroups/NetworkWatcherRG/providers/Microsoft.Network/networkWatchers"
    field = "network.flow_log_retention_days"
    subject = Subject("network-watchers", f"network watcher of {region}", "flow logs", field)
    if survey.session.arm.find(f"{place}/{name}", API_VERSION) is not None:
        yield subject.found(name)
        return
    others = survey.session.arm.pages(f"{home}/providers/Microsoft.Network/networkWatchers", API_VERSION)
    here = [each["id"] for each in others if each.get("location", "").lower() == region]
    if here:
        yield subject.missing(
            f"the region's one is {here[0]}, and flow logs are made at NetworkWatcherRG/{name}",
            f"have it made anew under Azure's name: `az network watcher configure --locations {region} "
            "--enabled false`, then with `--resource-group NetworkWatcherRG --enabled true`",
        )
    else:
        yield subject.missing(
            "not there yet: Azure makes it with the region's first virtual network, unless that is off",
            "if `pulumi up` misses it: `az network watcher configure --resource-group NetworkWatcherRG "
            f"--locations {region} --enabled true`",
            required=False,
        )
