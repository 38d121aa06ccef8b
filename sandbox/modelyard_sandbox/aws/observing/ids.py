"""The ids by which resources are imported, as pulumi-aws documents them (registry pages, Import; 2026-11).

Most are the resource's own id. Some name what a resource is made of: those lead to its id, and to the inputs
without which it can't be looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from modelyard_sandbox.aws.cloud import Cloud
from modelyard_sandbox.aws.ec2 import filters
from modelyard_sandbox.aws.registry import handler_of
from modelyard_sandbox.errors import CloudError, UnsupportedError
from modelyard_sandbox.handler import Inputs

Found = tuple[str, Inputs]
"""A resource's id, and the inputs that are known from the id it is imported by."""


@dataclass(frozen=True, slots=True)
class Composite:
    """An id made of inputs."""

    pattern: re.Pattern[str]
    example: str
    find: Callable[[Cloud, Inputs], str | None]
    """The resource's own id, from the inputs that the pattern yields; None if there is no such resource."""


def found_by(type_: str, cloud: Cloud, id_: str) -> Found | None:
    """What an id to import by leads to; None if nothing of the kind stands.

    Raises UnsupportedError for an id that isn't of the type's form.
    """
    composite = COMPOSITES.get(type_)
    if composite is None:
        return id_, {}
    match = composite.pattern.fullmatch(id_)
    if match is None:
        raise UnsupportedError(f"{id_} is no id of {type_}: one looks like {composite.example}")
    given: Inputs = {name: value for name, value in match.groupdict().items() if value}
    own = composite.find(cloud, given)
    return None if own is None else (own, given)


def _route(_cloud: Cloud, given: Inputs) -> str | None:
    destination = given.pop("destination")
    kinds = {"pl-": "destinationPrefixListId"} if destination.startswith("pl-") else {}
    kind = "destinationIpv6CidrBlock" if ":" in destination else "destinationCidrBlock"
    given[next(iter(kinds.values()), kind)] = destination
    return f"r-{given['routeTableId']}-{destination}"


def _association(cloud: Cloud, given: Inputs) -> str | None:
    """The association of a subnet or a gateway with a table, or the one whose own id is given."""
    own = given.pop("own", None)
    key = (
        filters(**{"association.route_table_association_id": own})
        if own
        else filters(route_table_id=given["routeTableId"])
    )
    tables = _described(cloud, key)
    for item in (item for table in tables for item in table["Associations"]):
        of_given = (
            given.items()
            <= {
                "routeTableId": item["RouteTableId"],
                "subnetId": item.get("SubnetId"),
                "gatewayId": item.get("GatewayId"),
            }.items()
        )
        if item["RouteTableAssociationId"] == own or (own is None and of_given):
            given["routeTableId"] = item["RouteTableId"]
            return item["RouteTableAssociationId"]
    return None


def _described(cloud: Cloud, key: list[dict[str, object]]) -> list[dict[str, list[dict[str, str]]]]:
    try:
        return cloud.call("ec2", "DescribeRouteTables", Filters=key)["RouteTables"]
    except CloudError as error:
        if error.says_gone:
            return []
        raise


def _selection(_cloud: Cloud, given: Inputs) -> str:
    return given.pop("own")


def _testing_selection(_cloud: Cloud, given: Inputs) -> str:
    return given["name"]


def _own(given: Inputs) -> str:
    return f"{given['keyId']}:{given.pop('own')}"


def _from_inputs(type_: str) -> Callable[[Cloud, Inputs], str | None]:
    return lambda cloud, given: handler_of(type_).id_from(cloud, given)


COMPOSITES: Mapping[str, Composite] = {
    "aws:backup/selection:Selection": Composite(
        re.compile(r"(?P<planId>[^|]+)\|(?P<own>[^|]+)"), "PLAN_ID|SELECTION_ID", _selection
    ),
    "aws:backup/restoreTestingSelection:RestoreTestingSelection": Composite(
        re.compile(r"(?P<name>\w+):(?P<restoreTestingPlanName>\w+)"), "SELECTION:PLAN", _testing_selection
    ),
    "aws:cloudwatch/eventTarget:EventTarget": Composite(
        re.compile(r"(?:default/)?(?P<rule>[^/]+)/(?P<targetId>[^/]+)"),
        "RULE/TARGET",
        _from_inputs("aws:cloudwatch/eventTarget:EventTarget"),
    ),
    "aws:lambda/permission:Permission": Composite(
        re.compile(r"(?P<function>[^/]+)/(?P<statementId>[^/]+)"),
        "FUNCTION/STATEMENT",
        _from_inputs("aws:lambda/permission:Permission"),
    ),
    "aws:ec2/route:Route": Composite(
        re.compile(r"(?:r-)?(?P<routeTableId>rtb-[0-9a-f]+)[-_](?P<destination>\S+)"),
        "rtb-0123456789abcdef0_10.0.0.0/16",
        _route,
    ),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": Composite(
        re.compile(
            r"(?:(?P<subnetId>subnet-\w+)|(?P<gatewayId>[iv]gw-\w+))/(?P<routeTableId>rtb-\w+)"
            r"|(?P<own>rtbassoc-\w+)"
        ),
        "subnet-0123456789abcdef0/rtb-0123456789abcdef0",
        _association,
    ),
    "aws:iam/rolePolicy:RolePolicy": Composite(
        re.compile(r"(?P<role>[^:]+):(?P<name>[^:]+)"),
        "ROLE:POLICY",
        _from_inputs("aws:iam/rolePolicy:RolePolicy"),
    ),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": Composite(
        re.compile(r"(?P<role>.+?)[-/](?P<policyArn>arn:.+)"),
        "ROLE/arn:aws:iam::aws:policy/ReadOnlyAccess",
        _from_inputs("aws:iam/rolePolicyAttachment:RolePolicyAttachment"),
    ),
    "aws:kms/grant:Grant": Composite(
        re.compile(r"(?P<keyId>.+):(?P<own>[^:]+)"), "KEY:GRANT", lambda _, given: _own(given)
    ),
    "aws:s3/bucketObjectv2:BucketObjectv2": Composite(
        re.compile(r"(?:s3://)?(?P<bucket>[^/]+)/(?P<key>.+)"),
        "BUCKET/KEY",
        _from_inputs("aws:s3/bucketObjectv2:BucketObjectv2"),
    ),
}
"""Types whose import id is made of inputs."""
