"""IAM roles, policies and instance profiles."""

from __future__ import annotations

from collections.abc import Iterable

from typing_extensions import override

from modelyard_sandbox.aws.cloud import Cloud
from modelyard_sandbox.aws.handler import Inputs, Outputs, ResourceHandler, changed, physical_name, tags_of
from modelyard_sandbox.aws.tagging import retag
from modelyard_sandbox.aws.translate import tags_to_list
from modelyard_sandbox.errors import CloudError

SERVICE_ROLES_PATH = "/aws-service-role/"
DEFAULT_SESSION_SECONDS = 3600
VERSIONS_KEPT = 5
"""How many versions a managed policy may have (IAM quotas)."""


class IamHandler(ResourceHandler):
    """A resource of IAM, which has no regions."""

    service = "iam"
    is_global = True


class Role(IamHandler):
    """A role; its policies are resources of their own."""

    type = "aws:iam/role:Role"
    inputs = frozenset(
        {
            "assumeRolePolicy",
            "description",
            "forceDetachPolicies",
            "maxSessionDuration",
            "name",
            "namePrefix",
            "path",
            "permissionsBoundary",
        }
    )
    required = frozenset({"assumeRolePolicy"})
    replace_on = frozenset({"name", "namePrefix", "path"})
    made_with = inputs | {"tags", "tagsAll"}
    name_input = "name"
    identity = ("name",)
    taggable = True

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        request = self.request(
            cloud,
            "CreateRole",
            inputs,
            "assumeRolePolicy",
            "description",
            "maxSessionDuration",
            "path",
            "permissionsBoundary",
            renames={"assumeRolePolicy": "AssumeRolePolicyDocument"},
        )
        name = physical_name(inputs)
        self.call(cloud, "CreateRole", RoleName=name, **request, Tags=tags_to_list(tags_of(inputs)))
        return name

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        if changed(old, new, "assumeRolePolicy"):
            self.call(cloud, "UpdateAssumeRolePolicy", RoleName=id_, PolicyDocument=new["assumeRolePolicy"])
        if changed(old, new, "description", "maxSessionDuration"):
            seconds = int(new.get("maxSessionDuration", DEFAULT_SESSION_SECONDS))
            description = new.get("description", "")
            self.call(cloud, "UpdateRole", RoleName=id_, Description=description, MaxSessionDuration=seconds)
        if changed(old, new, "permissionsBoundary"):
            if new.get("permissionsBoundary"):
                boundary = new["permissionsBoundary"]
                self.call(cloud, "PutRolePermissionsBoundary", RoleName=id_, PermissionsBoundary=boundary)
            else:
                self.call(cloud, "DeleteRolePermissionsBoundary", RoleName=id_)
        retag(cloud, "iam-role", id_, old, new)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        role = self.call(cloud, "GetRole", RoleName=id_)["Role"]
        return {
            "arn": role["Arn"],
            "name": role["RoleName"],
            "uniqueId": role["RoleId"],
            "createDate": role["CreateDate"].isoformat(),
        }

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        if inputs.get("forceDetachPolicies"):
            self.clear(cloud, id_, inputs)
        self.call(cloud, "DeleteRole", RoleName=id_)

    @override
    def clear(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        for policy in self.call(cloud, "ListAttachedRolePolicies", RoleName=id_)["AttachedPolicies"]:
            self.call(cloud, "DetachRolePolicy", RoleName=id_, PolicyArn=policy["PolicyArn"])
        for name in self.call(cloud, "ListRolePolicies", RoleName=id_)["PolicyNames"]:
            self.call(cloud, "DeleteRolePolicy", RoleName=id_, PolicyName=name)

    @override
    def list_ids(self, cloud: Cloud) -> Iterable[str]:
        for page in cloud.client("iam").get_paginator("list_roles").paginate():
            yield from (
                role["RoleName"] for role in page["Roles"] if not role["Path"].startswith(SERVICE_ROLES_PATH)
            )

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        return inputs.get("name")


class RolePolicy(IamHandler):
    """A policy inside a role."""

    type = "aws:iam/rolePolicy:RolePolicy"
    inputs = frozenset({"name", "namePrefix", "policy", "role"})
    required = frozenset({"policy", "role"})
    replace_on = frozenset({"name", "namePrefix", "role"})
    made_with = frozenset({"policy"})
    name_input = "name"
    identity = ("role", "name")

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        name = physical_name(inputs)
        self.call(
            cloud, "PutRolePolicy", RoleName=inputs["role"], PolicyName=name, PolicyDocument=inputs["policy"]
        )
        return f"{inputs['role']}:{name}"

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        if changed(old, new, "policy"):
            role, _, name = id_.partition(":")
            self.call(cloud, "PutRolePolicy", RoleName=role, PolicyName=name, PolicyDocument=new["policy"])

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        role, _, name = id_.partition(":")
        self.call(cloud, "GetRolePolicy", RoleName=role, PolicyName=name)
        return {"name": name, "role": role}

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        role, _, name = id_.partition(":")
        self.call(cloud, "DeleteRolePolicy", RoleName=role, PolicyName=name)

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        return f"{inputs['role']}:{inputs['name']}" if inputs.get("name") else None


class Policy(IamHandler):
    """A managed policy; a change of its document makes a new default version."""

    type = "aws:iam/policy:Policy"
    inputs = frozenset({"description", "name", "namePrefix", "path", "policy"})
    required = frozenset({"policy"})
    replace_on = frozenset({"description", "name", "namePrefix", "path"})
    made_with = frozenset({"policy", "tags", "tagsAll"})
    changing_outputs = frozenset({"attachmentCount"})
    name_input = "name"
    identity = ("name",)
    taggable = True

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        request = self.request(
            cloud,
            "CreatePolicy",
            inputs,
            "description",
            "path",
            "policy",
            renames={"policy": "PolicyDocument"},
        )
        tags = tags_to_list(tags_of(inputs))
        return self.call(cloud, "CreatePolicy", PolicyName=physical_name(inputs), **request, Tags=tags)[
            "Policy"
        ]["Arn"]

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        if changed(old, new, "policy"):
            self._drop_versions(cloud, id_, keep=VERSIONS_KEPT - 1)
            self.call(
                cloud, "CreatePolicyVersion", PolicyArn=id_, PolicyDocument=new["policy"], SetAsDefault=True
            )
        retag(cloud, "iam-policy", id_, old, new)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        policy = self.call(cloud, "GetPolicy", PolicyArn=id_)["Policy"]
        return {
            "arn": policy["Arn"],
            "name": policy["PolicyName"],
            "policyId": policy["PolicyId"],
            "attachmentCount": policy["AttachmentCount"],
        }

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        self._drop_versions(cloud, id_, keep=1)
        self.call(cloud, "DeletePolicy", PolicyArn=id_)

    @override
    def clear(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        for role in self.call(cloud, "ListEntitiesForPolicy", PolicyArn=id_)["PolicyRoles"]:
            self.call(cloud, "DetachRolePolicy", RoleName=role["RoleName"], PolicyArn=id_)

    @override
    def list_ids(self, cloud: Cloud) -> Iterable[str]:
        for page in cloud.client("iam").get_paginator("list_policies").paginate(Scope="Local"):
            yield from (policy["Arn"] for policy in page["Policies"])

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        if not inputs.get("name"):
            return None
        return cloud.arn("iam", f"policy{inputs.get('path', '/')}{inputs['name']}", region="")

    def _drop_versions(self, cloud: Cloud, id_: str, keep: int) -> None:
        versions = self.call(cloud, "ListPolicyVersions", PolicyArn=id_)["Versions"]
        old = sorted(
            (version for version in versions if not version["IsDefaultVersion"]),
            key=lambda version: version["CreateDate"],
            reverse=True,
        )
        for version in old[keep - 1 :]:
            self.call(cloud, "DeletePolicyVersion", PolicyArn=id_, VersionId=version["VersionId"])


class RolePolicyAttachment(IamHandler):
    """A managed policy of a role."""

    type = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
    inputs = frozenset({"policyArn", "role"})
    required = frozenset({"policyArn", "role"})
    replace_on = inputs
    identity = ("role", "policyArn")

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        self.call(cloud, "AttachRolePolicy", RoleName=inputs["role"], PolicyArn=inputs["policyArn"])
        return f"{inputs['role']}-{inputs['policyArn']}"

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        attached = self.call(cloud, "ListAttachedRolePolicies", RoleName=inputs["role"])["AttachedPolicies"]
        return {} if any(policy["PolicyArn"] == inputs["policyArn"] for policy in attached) else None

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        self.call(cloud, "DetachRolePolicy", RoleName=inputs["role"], PolicyArn=inputs["policyArn"])

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        return f"{inputs['role']}-{inputs['policyArn']}"


class InstanceProfile(IamHandler):
    """How instances wear a role."""

    type = "aws:iam/instanceProfile:InstanceProfile"
    inputs = frozenset({"name", "namePrefix", "path", "role"})
    replace_on = frozenset({"name", "namePrefix", "path"})
    made_with = frozenset({"tags", "tagsAll"})
    name_input = "name"
    identity = ("name",)
    taggable = True

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        name = physical_name(inputs)
        request = self.request(cloud, "CreateInstanceProfile", inputs, "path")
        tags = tags_to_list(tags_of(inputs))
        self.call(cloud, "CreateInstanceProfile", InstanceProfileName=name, **request, Tags=tags)
        return name

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        if changed(old, new, "role"):
            if old.get("role"):
                self._take_off(cloud, id_, old["role"])
            if new.get("role"):
                self.call(cloud, "AddRoleToInstanceProfile", InstanceProfileName=id_, RoleName=new["role"])
        retag(cloud, "iam-profile", id_, old, new)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        profile = self.call(cloud, "GetInstanceProfile", InstanceProfileName=id_)["InstanceProfile"]
        return {
            "arn": profile["Arn"],
            "name": profile["InstanceProfileName"],
            "uniqueId": profile["InstanceProfileId"],
            "createDate": profile["CreateDate"].isoformat(),
        }

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        profile = self.call(cloud, "GetInstanceProfile", InstanceProfileName=id_)["InstanceProfile"]
        for role in profile["Roles"]:
            self._take_off(cloud, id_, role["RoleName"])
        self.call(cloud, "DeleteInstanceProfile", InstanceProfileName=id_)

    @override
    def list_ids(self, cloud: Cloud) -> Iterable[str]:
        for page in cloud.client("iam").get_paginator("list_instance_profiles").paginate():
            yield from (profile["InstanceProfileName"] for profile in page["InstanceProfiles"])

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        return inputs.get("name")

    def _take_off(self, cloud: Cloud, id_: str, role: str) -> None:
        try:
            self.call(cloud, "RemoveRoleFromInstanceProfile", InstanceProfileName=id_, RoleName=role)
        except CloudError as error:
            if not error.says_gone:
                raise
