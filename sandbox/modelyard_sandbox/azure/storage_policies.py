"""What says how long the blobs of an account stay, and where copies of them go."""

from __future__ import annotations

from types import MappingProxyType

from typing_extensions import override

from modelyard_sandbox.azure.client import AzureCloud
from modelyard_sandbox.azure.handler import ArmHandler
from modelyard_sandbox.azure.storage import ACCOUNT_PATH, API_VERSION, CONTAINER_PATH
from modelyard_sandbox.azure.translate import Form
from modelyard_sandbox.handler import Inputs, Outputs

NEW_POLICY = "default"
POLICY_ID = "objectReplicationPolicyId"


class BlobContainerImmutabilityPolicy(ArmHandler):
    """How long the blobs of a container can't be changed or deleted; it is unlocked.

    As with azure-native 3.29 (pulumi/pulumi-azure-native#2156), changing and deleting it fail, since Azure
    asks for its ETag and the provider doesn't send it: a program that is to be destroyed sets
    `retain_on_delete`, and the policy goes with its container. No resource locks it: that is a call of its
    own.
    """

    type = "azure-native:storage:BlobContainerImmutabilityPolicy"
    path = f"{CONTAINER_PATH}/immutabilityPolicies/{{immutabilityPolicyName}}"
    api_version = API_VERSION
    form = Form(frozenset({"id", "name", "type", "etag"}))
    body = frozenset(
        {
            "allowProtectedAppendWrites",
            "allowProtectedAppendWritesAll",
            "immutabilityPeriodSinceCreationInDays",
        }
    )
    name_input = "immutabilityPolicyName"
    changing_outputs = frozenset({"etag", "state"})


class ManagementPolicy(ArmHandler):
    """What becomes of an account's blobs with time. Nothing is ever moved or deleted by it."""

    type = "azure-native:storage:ManagementPolicy"
    path = f"{ACCOUNT_PATH}/managementPolicies/{{managementPolicyName}}"
    api_version = API_VERSION
    form = Form(frozenset({"id", "name", "type"}))
    body = frozenset({"policy"})
    needed = frozenset({"policy"})
    name_input = "managementPolicyName"
    assumed = MappingProxyType({"policy.rules[].enabled": True})
    changing_outputs = frozenset({"lastModifiedTime"})


class ObjectReplicationPolicy(ArmHandler):
    """A replication policy, at its destination or at its source. Nothing is ever copied.

    At the destination it is made as `default`, and gets an id of Azure's: as azure-native does it (provider
    3.29), what is refreshed and deleted is the one of that id, which its creation answered, and what is
    changed is the one that the inputs name. So a change at the destination is a PUT of another `default`,
    which the pair of accounts has no room for: let such changes replace it (`replace_on_changes`, with
    `delete_before_replace`).
    """

    type = "azure-native:storage:ObjectReplicationPolicy"
    path = f"{ACCOUNT_PATH}/objectReplicationPolicies/{{{POLICY_ID}}}"
    api_version = API_VERSION
    form = Form(frozenset({"id", "name", "type"}))
    body = frozenset({"destinationAccount", "metrics", "rules", "sourceAccount"})
    needed = frozenset({"destinationAccount", "rules", "sourceAccount"})
    name_input = POLICY_ID
    chosen = frozenset({"rules[].ruleId"})
    enriched = frozenset({"rules"})

    @override
    def configure(self, cloud: AzureCloud, id_: str, old: Inputs, new: Inputs) -> None:
        super().configure(cloud, self.place(cloud, new), old, new)

    @override
    def observe(self, cloud: AzureCloud, id_: str, inputs: Inputs, outputs: Outputs) -> Inputs:
        seen = super().observe(cloud, id_, inputs, outputs)
        if inputs.get(POLICY_ID) == NEW_POLICY:
            seen[POLICY_ID] = NEW_POLICY
        return seen

    @override
    def id_from(self, cloud: AzureCloud, inputs: Inputs) -> str | None:
        return None if inputs.get(POLICY_ID) == NEW_POLICY else super().id_from(cloud, inputs)
