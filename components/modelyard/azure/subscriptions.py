"""Ids of subscriptions and tenants, as components are told them."""

import re
from collections.abc import Iterator
from typing import Any

from modelyard.errors import Problem

GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def subscription_problems(field: str, given: str) -> Iterator[Problem]:
    """What is wrong with a subscription's id: a name, most often, which no path of Azure's takes."""
    if not GUID.fullmatch(given):
        yield Problem(
            field=field,
            given=repr(given),
            message="no subscription has this id",
            allowed="a subscription's id, as 00000000-0000-0000-0000-000000000000; its name is none",
            mend="write what `az account show --query id` prints",
        )


def tenant_problems(field: str, given: Any) -> Iterator[Problem]:
    """The same for a tenant's id, for which people write a domain of it. What is an output isn't judged."""
    if isinstance(given, str) and not GUID.fullmatch(given):
        yield Problem(
            field=field,
            given=repr(given),
            message="no tenant has this id",
            allowed="a tenant's id, as 00000000-0000-0000-0000-000000000000; a domain of it is none",
            mend="write what `az account show --query tenantId` prints",
        )
