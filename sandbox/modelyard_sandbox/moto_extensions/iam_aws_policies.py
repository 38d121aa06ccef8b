"""IAM: AWS's own managed policies, which moto makes anew for every account that a request comes from.

There are more than fifteen hundred, and most accounts ask for none: an account has them once something does.
Their documents are written out once for all accounts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache, cached_property
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, IAMBackend

OWN = "aws_managed_policies"
ALL = "managed_policies"
"""What moto calls AWS's own policies of an account, and those together with the account's."""


@cache
def install() -> None:
    """Let moto's backend make the policies when they are first asked for."""
    make_none = IAMBackend.__init__

    def begin(self: Any, *args: Any, **kwargs: Any) -> None:
        make_none(self, *args, **kwargs)
        del self.__dict__[OWN], self.__dict__[ALL]

    setattr(IAMBackend, "_init_aws_policies", lambda _self: [])  # noqa: B010 (a type checker refuses the plain one)
    setattr(IAMBackend, "__init__", begin)  # noqa: B010 (as above)
    for name, make in {OWN: _own, ALL: _all}.items():
        made_once = cached_property(make)
        made_once.__set_name__(IAMBackend, name)
        setattr(IAMBackend, name, made_once)


def _own(backend: Any) -> list[Any]:
    return [
        AWSManagedPolicy(
            name,
            account_id=backend.account_id,
            region=backend.region_name,
            default_version_id=fields.get("DefaultVersionId"),
            path=fields.get("Path"),
            document=fields["Document"],
            create_date=fields["CreateDate"],
            update_date=fields["UpdateDate"],
        )
        for name, fields in _written().items()
    ]


def _all(backend: Any) -> dict[str, Any]:
    return {policy.arn: policy for policy in backend.aws_managed_policies}


@cache
def _written() -> Mapping[str, Mapping[str, Any]]:
    """The policies as moto carries them, their documents as text and their dates read."""
    policies: dict[str, dict[str, Any]] = json.loads(aws_managed_policies_data)
    for fields in policies.values():
        fields["Document"] = json.dumps(fields.get("Document"))
        for date in ("CreateDate", "UpdateDate"):
            fields[date] = datetime.fromisoformat(fields[date])
    return policies
