"""Container registries: repositories, what becomes of old images, and copies in other regions."""

from __future__ import annotations

from collections.abc import Iterable

from typing_extensions import override

from modelyard_sandbox.aws.cloud import Cloud
from modelyard_sandbox.aws.handler import Inputs, Outputs, ResourceHandler, changed, physical_name, tags_of
from modelyard_sandbox.aws.tagging import retag
from modelyard_sandbox.aws.translate import tags_to_list


class Repository(ResourceHandler):
    """A repository of images; its id is its name."""

    type = "aws:ecr/repository:Repository"
    service = "ecr"
    inputs = frozenset(
        {
            "encryptionConfigurations",
            "forceDelete",
            "imageScanningConfiguration",
            "imageTagMutability",
            "name",
        }
    )
    replace_on = frozenset({"encryptionConfigurations", "name"})
    made_with = inputs | {"tags", "tagsAll"}
    name_input = "name"
    lower_case_name = True
    identity = ("name",)
    taggable = True

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        name = physical_name(inputs)
        request = self.request(
            cloud,
            "CreateRepository",
            inputs,
            "encryptionConfigurations",
            "imageScanningConfiguration",
            "imageTagMutability",
        )
        self.call(
            cloud, "CreateRepository", repositoryName=name, **request, tags=tags_to_list(tags_of(inputs))
        )
        return name

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        if changed(old, new, "imageTagMutability"):
            mutability = new.get("imageTagMutability", "MUTABLE")
            self.call(cloud, "PutImageTagMutability", repositoryName=id_, imageTagMutability=mutability)
        if changed(old, new, "imageScanningConfiguration"):
            scanning = {"imageScanningConfiguration": {"scanOnPush": False}, **new}
            request = self.request(
                cloud, "PutImageScanningConfiguration", scanning, "imageScanningConfiguration"
            )
            self.call(cloud, "PutImageScanningConfiguration", repositoryName=id_, **request)
        retag(cloud, "ecr", cloud.arn("ecr", f"repository/{id_}"), old, new)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        found = self.call(cloud, "DescribeRepositories", repositoryNames=[id_])["repositories"][0]
        return {
            "arn": found["repositoryArn"],
            "name": id_,
            "registryId": found["registryId"],
            "repositoryUrl": found["repositoryUri"],
        }

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        self.call(cloud, "DeleteRepository", repositoryName=id_, force=bool(inputs.get("forceDelete", False)))

    @override
    def clear(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        images = self.call(cloud, "ListImages", repositoryName=id_)["imageIds"]
        if images:
            self.call(cloud, "BatchDeleteImage", repositoryName=id_, imageIds=images)

    @override
    def list_ids(self, cloud: Cloud) -> Iterable[str]:
        for page in cloud.client("ecr").get_paginator("describe_repositories").paginate():
            yield from (repository["repositoryName"] for repository in page["repositories"])

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        return inputs.get("name")


class LifecyclePolicy(ResourceHandler):
    """What becomes of old images; its id is the repository's name."""

    type = "aws:ecr/lifecyclePolicy:LifecyclePolicy"
    service = "ecr"
    inputs = frozenset({"policy", "repository"})
    required = frozenset({"policy", "repository"})
    replace_on = frozenset({"repository"})
    made_with = inputs
    identity = ("repository",)

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        self._put(cloud, inputs)
        return inputs["repository"]

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        if changed(old, new, "policy"):
            self._put(cloud, new)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        return {"registryId": self.call(cloud, "GetLifecyclePolicy", repositoryName=id_)["registryId"]}

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        self.call(cloud, "DeleteLifecyclePolicy", repositoryName=id_)

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        return inputs["repository"]

    def _put(self, cloud: Cloud, inputs: Inputs) -> None:
        policy = inputs["policy"]
        self.call(
            cloud, "PutLifecyclePolicy", repositoryName=inputs["repository"], lifecyclePolicyText=policy
        )


class ReplicationConfiguration(ResourceHandler):
    """What is copied out of the registry: one a registry, whose account's id is its own. Putting it takes
    the place of any other, deleting it leaves no rule (pulumi-aws 7.51's registry page and the provider that
    it bridges, aws_ecr_replication_configuration; 2026-11).
    """

    type = "aws:ecr/replicationConfiguration:ReplicationConfiguration"
    service = "ecr"
    inputs = frozenset({"replicationConfiguration"})
    made_with = inputs

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        self._put(cloud, inputs)
        return cloud.account_id

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        if changed(old, new, "replicationConfiguration"):
            self._put(cloud, new)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        found = self.call(cloud, "DescribeRegistry")
        # A registry has a configuration always; one without rules is what a deletion leaves.
        return {"registryId": found["registryId"]} if found["replicationConfiguration"]["rules"] else None

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        self._put(cloud, {"replicationConfiguration": {"rules": []}})

    @override
    def list_ids(self, cloud: Cloud) -> Iterable[str]:
        found = self.call(cloud, "DescribeRegistry")
        return [found["registryId"]] if found["replicationConfiguration"]["rules"] else []

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        return cloud.account_id

    def _put(self, cloud: Cloud, inputs: Inputs) -> None:
        given = {"rules": [], **(inputs.get("replicationConfiguration") or {})}
        request = self.request(
            cloud, "PutReplicationConfiguration", {"replicationConfiguration": given}, *self.inputs
        )
        self.call(cloud, "PutReplicationConfiguration", **request)
