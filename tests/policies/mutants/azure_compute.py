"""Mutants of machines, clusters, registries and workspaces on Azure."""

from base64 import b64encode

from mutating import Mutant, drop, mutant, put
from mutating.azure import ESTATE, on_azure

MACHINE = "VirtualMachine login"
SCALE_SET = "VirtualMachineScaleSet h100"
PROFILE = "virtualMachineProfile"
INTERFACE = f"{PROFILE}.networkProfile.networkInterfaceConfigurations[0]"
COMPUTE = "Compute a100"
INNER = "properties.properties"
CLUSTER = "ManagedCluster serving"
GROUP = "ContainerGroup metrics"
CONTAINER = "containers[0]"
REGISTRY = "Registry images"
ACCOUNT = "StorageAccount data"
RESIDENT = (*ESTATE, *(put(resource, "tags.residency", "eu") for resource in (REGISTRY, ACCOUNT)))
TOKEN = "export HF_TOKEN=hf_" + "abcdefghijklmnopqrstuvwxyzABCDEFGH"
AT_NIGHT = (*ESTATE, put("AgentPool gpu", "tags.stage", "development"))

MUTANTS: dict[str, list[Mutant]] = {
    "CO8": [
        on_azure(
            "a token in a machine's custom data",
            put(MACHINE, "osProfile.customData", b64encode(f"#!/bin/sh\n{TOKEN}\n".encode()).decode()),
        ),
    ],
    "CO11": [
        on_azure(
            "a machine", put(MACHINE, "osProfile.linuxConfiguration.disablePasswordAuthentication", False)
        ),
        on_azure(
            "nodes",
            drop(SCALE_SET, f"{PROFILE}.osProfile.linuxConfiguration.disablePasswordAuthentication"),
        ),
    ],
    "CO12": [
        on_azure("none", drop(MACHINE, "securityProfile.securityType")),
        on_azure("no Secure Boot", put(MACHINE, "securityProfile.uefiSettings.secureBootEnabled", False)),
        on_azure("no TPM", drop(SCALE_SET, f"{PROFILE}.securityProfile.uefiSettings.vTpmEnabled")),
    ],
    "CO13": [
        on_azure(
            "a disk",
            put("Disk scratch", "publicNetworkAccess", "Enabled"),
            put("Disk scratch", "networkAccessPolicy", "AllowAll"),
        ),
        on_azure(
            "a snapshot",
            drop("Snapshot scratch", "networkAccessPolicy"),
            fails="Snapshot scratch: publicNetworkAccess",
        ),
    ],
    "CO14": [
        on_azure("apart", put(SCALE_SET, "singlePlacementGroup", False)),
        on_azure("flexible", put(SCALE_SET, "orchestrationMode", "Flexible")),
        on_azure("slow interfaces", drop(SCALE_SET, f"{INTERFACE}.enableAcceleratedNetworking")),
    ],
    "CO15": [
        on_azure(
            "in no network",
            drop("Workspace training", "managedNetwork"),
            fails=f"{COMPUTE}: {INNER}.subnet",
        ),
        on_azure("public addresses", drop(COMPUTE, f"{INNER}.enableNodePublicIp")),
        on_azure("local logins", put(COMPUTE, "properties.disableLocalAuth", False)),
        on_azure("SSH", put(COMPUTE, f"{INNER}.remoteLoginPortPublicAccess", "Enabled")),
        on_azure("idle nodes", put(COMPUTE, f"{INNER}.scaleSettings.minNodeCount", 1)),
    ],
    "CO16": [
        on_azure("open", put("Workspace training", "publicNetworkAccess", "Enabled")),
        on_azure("not said", drop("Workspace training", "publicNetworkAccess")),
    ],
    "CT1": [
        on_azure("from Docker Hub", put(GROUP, f"{CONTAINER}.image", f"metrics@sha256:{'0' * 64}")),
    ],
    "CT2": [on_azure("privileged on Azure", put(GROUP, f"{CONTAINER}.securityContext.privileged", True))],
    "CT3": [
        on_azure(
            "a variable on Azure",
            put(GROUP, f"{CONTAINER}.environmentVariables[0]", {"name": "API_KEY", "value": "q8Rz2LkP0sVx"}),
            fails=f"{GROUP}: {CONTAINER}.environmentVariables[0].value",
        ),
    ],
    "CT7": [
        on_azure("its administrator", put(REGISTRY, "adminUserEnabled", True)),
        on_azure("anybody pulls", put(REGISTRY, "anonymousPullEnabled", True)),
        on_azure("open", put(REGISTRY, "publicNetworkAccess", "Enabled")),
    ],
    "CT9": [
        on_azure("public", drop(CLUSTER, "apiServerAccessProfile.enablePrivateCluster")),
        on_azure("local accounts", put(CLUSTER, "disableLocalAccounts", False)),
        on_azure("a pool in plain", put("AgentPool gpu", "enableEncryptionAtHost", False)),
        on_azure("its own pool in plain", drop(CLUSTER, "agentPoolProfiles[0].enableEncryptionAtHost")),
    ],
    "CE1": [
        on_azure("none on Azure", drop("Budget ml"), fails="Stack modelyard-account"),
        on_azure("it tells nobody on Azure", put("Budget ml", "notifications", {})),
    ],
    "CE4": [
        mutant(
            "nodes at night on Azure",
            put("AgentPool gpu", "minCount", 1),
            stack="account",
            given=AT_NIGHT,
        ),
    ],
    "CE2": [
        on_azure(
            "too many nodes on Azure", put(SCALE_SET, "sku.capacity", 2_000), fails="Stack modelyard-account"
        ),
    ],
    "CE3": [
        on_azure("a size that goes", put("AgentPool gpu", "vmSize", "Standard_NC6")),
        on_azure(
            "a machine with much memory on Azure",
            put(MACHINE, "hardwareProfile.vmSize", "Standard_M416ms_v2"),
        ),
    ],
    "TG1": [on_azure("no owner on Azure", drop("Disk scratch", "tags.owner"), fails="Disk scratch: tags")],
    "TG2": [
        on_azure(
            "a disk says nothing",
            drop("Disk scratch", "tags.data-classification"),
            fails="Disk scratch: tags",
        ),
    ],
    "TG3": [
        mutant(
            "elsewhere on Azure",
            put(REGISTRY, "location", "eastus"),
            stack="account",
            given=RESIDENT,
        ),
        mutant(
            "copied elsewhere on Azure",
            put(ACCOUNT, "location", "francecentral"),
            put(ACCOUNT, "tags.residency", "francecentral"),
            fails=f"{ACCOUNT}: sku.name",
            stack="account",
            given=RESIDENT,
        ),
    ],
    "TG4": [
        on_azure("nodes for nobody on Azure", drop(SCALE_SET, "tags.ai-system"), fails=f"{SCALE_SET}: tags")
    ],
}
