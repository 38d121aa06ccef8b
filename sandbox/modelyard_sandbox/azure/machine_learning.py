"""Machine Learning: workspaces, their compute clusters and datastores."""

from __future__ import annotations

from types import MappingProxyType

from modelyard_sandbox.azure.handler import GROUP_PATH, ArmHandler
from modelyard_sandbox.azure.identity import IDENTITY_FORM
from modelyard_sandbox.azure.translate import Form

WORKSPACE_PATH = f"{GROUP_PATH}/providers/Microsoft.MachineLearningServices/workspaces/{{workspaceName}}"
API_VERSION = "2025-12-01"


class Workspace(ArmHandler):
    """A workspace; deleted, it can be recovered for 14 days, and its name stays taken.

    Its jobs run as processes of this machine; at its addresses nobody answers but the history of their runs.
    Of a customer's key it isn't looked at whether Azure Cosmos DB may use it; the resource group that Azure
    makes then is there, and empty. Rules of a managed network and resources that are linked to privately are
    not known here, and kinds of workspaces other than Default are not told apart from it.
    """

    type = "azure-native:machinelearningservices:Workspace"
    path = WORKSPACE_PATH
    api_version = API_VERSION
    form = Form(
        frozenset({"id", "identity", "kind", "location", "name", "sku", "systemData", "tags", "type"}),
        inner={
            "identity": IDENTITY_FORM,
            "managedNetwork": Form(read_only=frozenset({"firewallPublicIpAddress", "networkId", "status"})),
        },
    )
    body = frozenset(
        {
            "allowPublicAccessWhenBehindVnet",
            "applicationInsights",
            "containerRegistry",
            "description",
            "enableDataIsolation",
            "enableServiceSideCMKEncryption",
            "encryption",
            "friendlyName",
            "hbiWorkspace",
            "identity",
            "imageBuildCompute",
            "keyVault",
            "kind",
            "location",
            "managedNetwork",
            "primaryUserAssignedIdentity",
            "provisionNetworkNow",
            "publicNetworkAccess",
            "serverlessComputeSettings",
            "serviceManagedResourcesSettings",
            "sku",
            "storageAccount",
            "systemDatastoresAuthMode",
            "tags",
            "v1LegacyMode",
        }
    )
    name_input = "workspaceName"
    listed_at = "providers/Microsoft.MachineLearningServices/workspaces"
    chosen = frozenset({"friendlyName", "location", "sku", "sku.tier"})
    assumed = MappingProxyType(
        {
            "enableDataIsolation": False,
            "hbiWorkspace": False,
            "kind": "Default",
            "publicNetworkAccess": "Enabled",
            "systemDatastoresAuthMode": "AccessKey",
            "v1LegacyMode": False,
        }
    )
    enriched = frozenset({"identity", "sku"})
    changing_outputs = frozenset({"privateEndpointConnections", "privateLinkCount", "systemData"})


class Compute(ArmHandler):
    """A compute cluster of a workspace. Other kinds of computes aren't known here.

    Nodes are counted, not started: jobs run as processes of this machine. Whether the subnet has an address
    for each node and whether Azure has machines to give isn't looked at; the quota is, for one node or the
    least number of them.
    """

    type = "azure-native:machinelearningservices:Compute"
    path = f"{WORKSPACE_PATH}/computes/{{computeName}}"
    api_version = API_VERSION
    form = Form(
        inner={
            "identity": IDENTITY_FORM,
            "properties": Form(
                read_only=frozenset(
                    {
                        "createdOn",
                        "isAttachedCompute",
                        "modifiedOn",
                        "provisioningErrors",
                        "provisioningState",
                    }
                ),
                inner={
                    "properties": Form(
                        read_only=frozenset(
                            {
                                "allocationState",
                                "allocationStateTransitionTime",
                                "currentNodeCount",
                                "errors",
                                "nodeStateCounts",
                                "targetNodeCount",
                            }
                        ),
                        inner={
                            "userAccountCredentials": Form(write_only=frozenset({"adminUserPassword"})),
                        },
                    )
                },
            ),
        }
    )
    body = frozenset({"identity", "location", "properties", "sku", "tags"})
    name_input = "computeName"
    chosen = frozenset({"location", "properties.computeLocation"})
    assumed = MappingProxyType(
        {
            "properties.disableLocalAuth": False,
            "properties.properties.enableNodePublicIp": True,
            "properties.properties.isolatedNetwork": False,
            "properties.properties.osType": "Linux",
            "properties.properties.remoteLoginPortPublicAccess": "NotSpecified",
            "properties.properties.scaleSettings.minNodeCount": 0,
            "properties.properties.scaleSettings.nodeIdleTimeBeforeScaleDown": "PT120S",
            "properties.properties.vmPriority": "Dedicated",
        }
    )
    enriched = frozenset({"identity", "properties"})
    changing_outputs = frozenset({"systemData"})


class Datastore(ArmHandler):
    """A datastore of a workspace. Whether its credentials open anything isn't looked at."""

    type = "azure-native:machinelearningservices:Datastore"
    path = f"{WORKSPACE_PATH}/datastores/{{name}}"
    api_version = API_VERSION
    form = Form(
        inner={
            "properties": Form(
                read_only=frozenset({"isDefault"}),
                inner={"credentials": Form(write_only=frozenset({"secrets"}))},
            )
        }
    )
    body = frozenset({"properties", "skipValidation"})
    needed = frozenset({"properties"})
    asked_beside = frozenset({"skipValidation"})
    name_input = "name"
    assumed = MappingProxyType(
        {
            "properties.endpoint": "core.windows.net",
            "properties.protocol": "https",
            "properties.serviceDataAccessAuthIdentity": "None",
        }
    )
    enriched = frozenset({"properties"})
    changing_outputs = frozenset({"systemData"})
