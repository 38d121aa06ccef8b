"""KMS: grants on keys."""

from __future__ import annotations

from typing import Any

from typing_extensions import override

from modelyard_sandbox.aws.cloud import Cloud
from modelyard_sandbox.aws.handler import Inputs, Outputs, ResourceHandler
from modelyard_sandbox.errors import UnsupportedError


class Grant(ResourceHandler):
    """The right of a principal to use a key; its id is `KEY-ID:GRANT-ID`. Nothing of it changes in place
    (pulumi-aws 7.51's registry page and the provider that it bridges, aws_kms_grant; 2026-11).
    """

    type = "aws:kms/grant:Grant"
    service = "kms"
    inputs = frozenset(
        {
            "constraints",
            "grantCreationTokens",
            "granteePrincipal",
            "keyId",
            "name",
            "operations",
            "retireOnDelete",
            "retiringPrincipal",
        }
    )
    required = frozenset({"granteePrincipal", "keyId", "operations"})
    replace_on = inputs
    made_with = inputs

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        constraints = inputs.get("constraints") or []
        if len(constraints) > 1:
            raise UnsupportedError("constraints takes one at most: a grant has one set of them")
        asked = {**inputs, **({"constraints": constraints[0]} if constraints else {})}
        request = self.request(
            cloud,
            "CreateGrant",
            {name: value for name, value in asked.items() if value},
            *(self.inputs - {"grantCreationTokens", "retireOnDelete"}),
        )
        if inputs.get("grantCreationTokens"):
            request["GrantTokens"] = inputs["grantCreationTokens"]
        made = self.call(cloud, "CreateGrant", **request)
        return f"{inputs['keyId']}:{made['GrantId']}"

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        found = self.one(cloud, id_)
        # KMS tells the grant's token once, to who makes it; the sandbox keeps none.
        return None if found is None else {"grantId": found["GrantId"]}

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        key_id, _, grant_id = id_.rpartition(":")
        operation = "RetireGrant" if inputs.get("retireOnDelete") else "RevokeGrant"
        self.call(cloud, operation, KeyId=key_id, GrantId=grant_id)

    def one(self, cloud: Cloud, id_: str) -> dict[str, Any] | None:
        """The grant; None if the key has it no more."""
        key_id, _, grant_id = id_.rpartition(":")
        for page in cloud.client("kms").get_paginator("list_grants").paginate(KeyId=key_id):
            for grant in page["Grants"]:
                if grant["GrantId"] == grant_id:
                    return grant
        return None
