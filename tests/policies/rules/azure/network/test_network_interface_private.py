from modelyard_policies.azure.types import (
    AGENT_POOL,
    MANAGED_CLUSTER,
    NETWORK_INTERFACE,
    PUBLIC_IP_ADDRESS,
    SUBNET,
    VIRTUAL_MACHINE,
    VIRTUAL_MACHINE_SCALE_SET,
)
from modelyard_policies.graph import UNKNOWN

PRIVATE = {"name": "main", "subnet": {"id": UNKNOWN}}
PUBLIC = {**PRIVATE, "publicIPAddress": {"id": UNKNOWN}}
CONFIGURED = {**PRIVATE, "publicIPAddressConfiguration": {"name": "public"}}


def interface(*configurations, token=NETWORK_INTERFACE, **properties):
    return {"nic": (token, {"ipConfigurations": list(configurations), **properties})}


def machine(**interface):
    return {"vm": (VIRTUAL_MACHINE, {"networkProfile": {"networkInterfaceConfigurations": [interface]}})}


def scale_set(*interfaces):
    profile = {"networkProfile": {"networkInterfaceConfigurations": list(interfaces)}}
    return {"set": (VIRTUAL_MACHINE_SCALE_SET, {"virtualMachineProfile": profile})}


EXPOSED = {"name": "gpus", "enableNodePublicIP": True}
SET = "set: virtualMachineProfile.networkProfile.networkInterfaceConfigurations"
FORWARDS = "enableIPForwarding: forwards traffic that isn't the machine's own"

CASES = {
    "bad": {
        "a public address": (
            {"ip": (PUBLIC_IP_ADDRESS, {}), **interface(PUBLIC)},
            "nic: ipConfigurations[0].publicIPAddress: gives a public address",
        ),
        "a public address, of an older API": (
            interface(PUBLIC, token="azure-native:network/v20230201:NetworkInterface"),
            "nic: ipConfigurations[0].publicIPAddress: gives a public address",
        ),
        "a public address beside one that isn't known": (
            interface({**PRIVATE, "publicIPAddress": UNKNOWN}, PUBLIC),
            "nic: ipConfigurations[1].publicIPAddress: gives a public address",
        ),
        "nodes of a cluster's own pool": (
            {"jobs": (MANAGED_CLUSTER, {"agentPoolProfiles": [{"name": "system"}, EXPOSED, UNKNOWN]})},
            "jobs: agentPoolProfiles[1].enableNodePublicIP: gives each node a public address",
        ),
        "nodes of a pool": (
            {"gpus": (AGENT_POOL, EXPOSED)},
            "gpus: enableNodePublicIP: gives each node a public address",
        ),
        "forwarding": (interface(PRIVATE, enableIPForwarding=True), f"nic: {FORWARDS}"),
        "forwarding, addresses aren't known": (
            {"nic": (NETWORK_INTERFACE, {"ipConfigurations": UNKNOWN, "enableIPForwarding": "true"})},
            f"nic: {FORWARDS}",
        ),
        "a machine's": (
            machine(ipConfigurations=[CONFIGURED]),
            (
                "vm: networkProfile.networkInterfaceConfigurations[0].ipConfigurations[0]."
                "publicIPAddressConfiguration: gives a public address"
            ),
        ),
        "one of a scale set's": (
            scale_set({"ipConfigurations": [PRIVATE]}, {"ipConfigurations": [CONFIGURED]}),
            f"{SET}[1].ipConfigurations[0].publicIPAddressConfiguration: gives a public address",
        ),
        "a scale set that forwards": (
            scale_set({"ipConfigurations": [PRIVATE], "enableIPForwarding": True}),
            f"{SET}[0].{FORWARDS}",
        ),
    },
    "good": {
        "nodes of AKS": ({"gpus": (AGENT_POOL, {}), "jobs": (MANAGED_CLUSTER, {"agentPoolProfiles": [{}]})},),
        "no public address": (interface(PRIVATE, enableIPForwarding=False),),
        "an empty one": (interface({**PRIVATE, "publicIPAddress": {}}),),
        "a machine's": (machine(ipConfigurations=[PRIVATE]),),
        "a scale set's": (scale_set({"ipConfigurations": [PRIVATE]}),),
    },
    "unknown": {
        "nodes of which it isn't known": (
            {"gpus": (AGENT_POOL, {"enableNodePublicIP": UNKNOWN})},
            "gpus: enableNodePublicIP: can't be judged: not known before the deployment",
        ),
        "an address that may be none": (
            interface({**PRIVATE, "publicIPAddress": UNKNOWN}),
            ("nic: ipConfigurations[0].publicIPAddress: can't be judged: not known before the deployment"),
        ),
        "whether it forwards isn't known": (
            interface(PRIVATE, enableIPForwarding=UNKNOWN),
            "nic: enableIPForwarding: can't be judged: not known before the deployment",
        ),
        "a profile that isn't known": (
            {"set": (VIRTUAL_MACHINE_SCALE_SET, {"virtualMachineProfile": UNKNOWN})},
            "set: virtualMachineProfile: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "a cluster that lists no pools": ({"jobs": (MANAGED_CLUSTER, {})},),
        "a machine that takes an interface": (
            {"vm": (VIRTUAL_MACHINE, {"networkProfile": {"networkInterfaces": [{"id": UNKNOWN}]}})},
        ),
        "a scale set without a profile": ({"set": (VIRTUAL_MACHINE_SCALE_SET, {})},),
        "no interface": ({"nodes": (SUBNET, {})},),
    },
}


def test_verdict(case, check):
    check("NW16", case)
