"""Every resource type that the resource manager has."""

from __future__ import annotations

from modelyard_sandbox.azure.manager.action_groups import ActionGroup
from modelyard_sandbox.azure.manager.backup_all import BACKUP_KINDS
from modelyard_sandbox.azure.manager.budgets import Budget
from modelyard_sandbox.azure.manager.custom_roles import RoleDefinition
from modelyard_sandbox.azure.manager.defender import Pricing
from modelyard_sandbox.azure.manager.deployments import Deployment
from modelyard_sandbox.azure.manager.diagnostics import DiagnosticSetting
from modelyard_sandbox.azure.manager.disk_encryption_sets import DiskEncryptionSet
from modelyard_sandbox.azure.manager.federated_credentials import FederatedIdentityCredential
from modelyard_sandbox.azure.manager.groups import ResourceGroup
from modelyard_sandbox.azure.manager.identities import UserAssignedIdentity
from modelyard_sandbox.azure.manager.insights_components import Component
from modelyard_sandbox.azure.manager.keys import Key
from modelyard_sandbox.azure.manager.kinds import Kind
from modelyard_sandbox.azure.manager.locks import Lock
from modelyard_sandbox.azure.manager.log_workspaces import LogWorkspace
from modelyard_sandbox.azure.manager.metric_alerts import MetricAlert
from modelyard_sandbox.azure.manager.ml.assets import Code, CodeVersion, Environment, EnvironmentVersion
from modelyard_sandbox.azure.manager.ml.computes import Compute
from modelyard_sandbox.azure.manager.ml.datastores import Datastore
from modelyard_sandbox.azure.manager.ml.jobs import Job
from modelyard_sandbox.azure.manager.ml.workspaces import Workspace
from modelyard_sandbox.azure.manager.network_kinds import NETWORK_KINDS
from modelyard_sandbox.azure.manager.private_link_scopes import PrivateLinkScope, ScopedResource
from modelyard_sandbox.azure.manager.registries import Registry
from modelyard_sandbox.azure.manager.registry_replications import Replication
from modelyard_sandbox.azure.manager.role_assignments import RoleAssignment
from modelyard_sandbox.azure.manager.scheduled_query_rules import ScheduledQueryRule
from modelyard_sandbox.azure.manager.storage_kinds import STORAGE_KINDS
from modelyard_sandbox.azure.manager.vaults import Vault

KINDS: dict[str, Kind] = {
    made.type.lower(): made
    for made in (
        ResourceGroup(),
        Deployment(),
        Lock(),
        RoleAssignment(),
        RoleDefinition(),
        UserAssignedIdentity(),
        Pricing(),
        Budget(),
        ScheduledQueryRule(),
        MetricAlert(),
        ActionGroup(),
        Component(),
        DiskEncryptionSet(),
        DiagnosticSetting(),
        ScopedResource(),
        PrivateLinkScope(),
        LogWorkspace(),
        FederatedIdentityCredential(),
        *NETWORK_KINDS,
        *STORAGE_KINDS,
        *BACKUP_KINDS,
        Registry(),
        Replication(),
        Vault(),
        Key(),
        Workspace(),
        Compute(),
        Datastore(),
        Code(),
        CodeVersion(),
        Environment(),
        EnvironmentVersion(),
        Job(),
    )
}
"""By full type in lower case."""
