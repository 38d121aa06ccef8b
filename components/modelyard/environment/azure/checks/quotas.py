"""vCPUs that Azure has granted, against what the pools may ask for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from modelyard.catalog.azure import size, size_names, vcpu_quotas
from modelyard.environment.azure import needs
from modelyard.environment.azure.sites import Site, sites
from modelyard.errors import Problem
from modelyard.validation.values import given_text, listed, nearest

if TYPE_CHECKING:
    from modelyard.environment.azure.spec import AzureEnvironment


def families_are_known(environment: AzureEnvironment) -> Iterator[Problem]:
    """A quota is of a family that the catalog knows."""
    known = {_plain(quota.family): quota.family for quota in vcpu_quotas()}
    for place, quota in enumerate(environment.quotas):
        if _plain(quota.family) not in known:
            like = nearest(quota.family, known.values())
            yield Problem(
                field=f"quotas[{place}].family",
                given=given_text(quota.family),
                message="the catalog knows no quota of this name",
                allowed=", ".join(known.values()),
                mend=f"did you mean {listed(like)}?" if like else "choose one of these",
            )


def families_are_named_once(environment: AzureEnvironment) -> Iterator[Problem]:
    """No quota is stated twice."""
    families = [_plain(quota.family) for quota in environment.quotas]
    for place, family in enumerate(families):
        if family in families[:place]:
            yield Problem(
                field=f"quotas[{place}].family",
                given=given_text(environment.quotas[place].family),
                message=f"quotas[{families.index(family)}] states it already",
                allowed="each family once",
                mend="remove one of the two",
            )


def recovery_quotas_have_a_region(environment: AzureEnvironment) -> Iterator[Problem]:
    """Nothing is said of quotas in a region that there is none of."""
    if environment.regions.recovery is not None or environment.recovery is not None:
        return
    for place, quota in enumerate(environment.quotas):
        if quota.recovery_vcpus:
            yield Problem(
                field=f"quotas[{place}].recovery_vcpus",
                given=str(quota.recovery_vcpus),
                message="no region to come back in is named",
                allowed="nothing, without regions.recovery",
                mend="remove it; or name regions.recovery, and add recovery with its network",
            )


def granted_quotas_are_stated(environment: AzureEnvironment) -> Iterator[Problem]:
    """Of a family that starts at zero nothing runs before Azure has granted some: what it has is stated."""
    if any(families_are_known(environment)):
        return
    stated = {_plain(quota.family) for quota in environment.quotas}
    asked: set[str] = set()
    for site in _known_sites(environment):
        for place, pool in enumerate(site.pools):
            quota = needs.quota_of(pool)
            if quota.must_be_requested and _plain(quota.family) not in stated | asked:
                asked.add(_plain(quota.family))
                yield Problem(
                    field="quotas",
                    given=f"nothing for {quota.family}",
                    message=f"{site.whose(pool)} ({site.pools_field}[{place}]) counts against a quota that "
                    "starts at zero: until Azure grants some, no node comes",
                    allowed=f"what was granted, as {{family: {quota.family}, "
                    f"{_wanted_everywhere(environment, quota.family)}}}",
                    mend="ask for it (`az ml compute list-usage` shows what there is), then state it here",
                )


def pools_fit_into_quotas(environment: AzureEnvironment) -> Iterator[Problem]:
    """A region's pools ask for no more than was granted there."""
    stated: dict[str, int] = {}
    for place, quota in enumerate(environment.quotas):
        stated.setdefault(_plain(quota.family), place)
    for site in _known_sites(environment):
        for family, wanted in needs.vcpus_wanted(environment, site).items():
            place = stated.get(_plain(family))
            if place is None:
                continue
            quota = environment.quotas[place]
            name = "recovery_vcpus" if site.recovery else "vcpus"
            granted = quota.recovery_vcpus if site.recovery else quota.vcpus
            if wanted > granted:
                yield Problem(
                    field=f"quotas[{place}].{name}",
                    given=str(granted),
                    message=f"what runs in {site.region} may ask for {wanted:,} vCPUs of {family}",
                    allowed=f"{wanted:,} or more, once Azure has granted it",
                    mend=f"lower max_nodes, or ask for more and set {name}: {wanted}",
                )


def _known_sites(environment: AzureEnvironment) -> Iterator[Site]:
    """The regions whose machines are all of known sizes; none where images are built on what builds none."""
    known, builder = size_names(), environment.workspace.image_build_instance_type
    if builder not in known or size(builder).kind != "cpu":
        return iter(())
    return (site for site in sites(environment) if all(pool.instance_type in known for pool in site.pools))


def _wanted_everywhere(environment: AzureEnvironment, family: str) -> str:
    """What would do of a family in each region, as fields."""
    each = {
        site.recovery: needs.vcpus_wanted(environment, site).get(family) for site in _known_sites(environment)
    }
    fields = {"vcpus": each.get(False) or 0, "recovery_vcpus": each.get(True)}
    return ", ".join(f"{name}: {vcpus}" for name, vcpus in fields.items() if vcpus is not None)


def _plain(family: str) -> str:
    """A family's name without capitals and blanks, in which Azure's own lists differ."""
    return "".join(family.lower().split())
