"""Roles that are a service's own."""

from __future__ import annotations

from typing_extensions import override

from modelyard_sandbox.aws.cloud import Cloud
from modelyard_sandbox.aws.handler import Inputs, Outputs, changed
from modelyard_sandbox.aws.iam import IamHandler
from modelyard_sandbox.aws.tagging import retag
from modelyard_sandbox.errors import CloudError


class ServiceLinkedRole(IamHandler):
    """A service-linked role; its id is its ARN. Services make them too, so they are nobody's to list."""

    type = "aws:iam/serviceLinkedRole:ServiceLinkedRole"
    inputs = frozenset({"awsServiceName", "customSuffix", "description"})
    required = frozenset({"awsServiceName"})
    replace_on = frozenset({"awsServiceName", "customSuffix"})
    made_with = inputs
    identity = ("awsServiceName", "customSuffix")
    taggable = True

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        request = self.request(
            cloud,
            "CreateServiceLinkedRole",
            inputs,
            "awsServiceName",
            "customSuffix",
            "description",
            renames={"awsServiceName": "AWSServiceName"},
        )
        return self.call(cloud, "CreateServiceLinkedRole", **request)["Role"]["Arn"]

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        if changed(old, new, "description"):
            self.call(
                cloud,
                "UpdateRoleDescription",
                RoleName=_name_of(id_),
                Description=new.get("description", ""),
            )
        retag(cloud, "iam-role", _name_of(id_), old, new)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        role = self.call(cloud, "GetRole", RoleName=_name_of(id_))["Role"]
        return {
            "arn": role["Arn"],
            "createDate": role["CreateDate"].isoformat(),
            "name": role["RoleName"],
            "path": role["Path"],
            "uniqueId": role["RoleId"],
        }

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        task = self.call(cloud, "DeleteServiceLinkedRole", RoleName=_name_of(id_))["DeletionTaskId"]
        done = self.call(cloud, "GetServiceLinkedRoleDeletionStatus", DeletionTaskId=task)
        if done["Status"] == "FAILED":
            reason = str(done.get("Reason", {}).get("Reason", "it is in use"))
            raise CloudError("iam", "DeleteServiceLinkedRole", "Failed", reason)


def _name_of(arn: str) -> str:
    return arn.rpartition("/")[2]
