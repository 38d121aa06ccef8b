from modelyard_policies.azure.types import (
    POLICY_ASSIGNMENT,
    PROTECTED_ITEM,
    RESOURCE_GROUP,
    VIRTUAL_MACHINE,
    VIRTUAL_MACHINE_SCALE_SET,
)
from modelyard_policies.graph import UNKNOWN

SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000000"
GROUP = f"{SUBSCRIPTION}/resourceGroups/Main"
MACHINE = f"{GROUP}/providers/Microsoft.Compute/virtualMachines/login"
UNTAGGED = "/providers/Microsoft.Authorization/policyDefinitions/09ce66bc-1220-4153-8104-e3f51c936913"
TAGGED = "/providers/Microsoft.Authorization/policyDefinitions/345fa903-145c-4fe1-8bcd-93ec2adccde8"

TAGGED_NEW = "/providers/Microsoft.Authorization/policyDefinitions/83644c87-93dd-49fe-bf9f-6aff8fd0834e"


def machine(tags=None, **properties):
    named = {"vmName": "login", "resourceGroupName": "main"}
    return {"login": (VIRTUAL_MACHINE, {**named, "tags": tags, **properties})}


def item(source=UNKNOWN, links=("login",), **properties):
    return {
        "item": (
            PROTECTED_ITEM,
            {"properties": {"sourceResourceId": source, **properties}},
            {"properties": list(links)} if links else {},
        )
    }


def assigned(definition=UNTAGGED, scope=SUBSCRIPTION, links=None, mode=None, **parameters):
    properties = {
        "policyDefinitionId": definition,
        "scope": scope,
        "enforcementMode": mode,
        "parameters": {name: {"value": value} for name, value in parameters.items()},
    }
    return {"assignment": (POLICY_ASSIGNMENT, properties, links or {})}


NONE = "login: : no vault takes its backups"
NOT_KNOWN = "can't be judged: not known before the deployment"

CASES = {
    "bad": {
        "nothing": (machine(), NONE),
        "an item of another machine": (
            machine() | item(f"{MACHINE}2", links=()),
            NONE,
        ),
        "an item that is stopped": (machine() | item(protectionState="ProtectionStopped"), NONE),
        "another policy": (machine() | assigned("/providers/x/policyDefinitions/other"), NONE),
        "a policy of another group": (machine() | assigned(scope=f"{SUBSCRIPTION}/resourceGroups/b"), NONE),
        "a policy for a vault of another region": (
            machine(location="North Europe") | assigned(vaultLocation="westeurope"),
            NONE,
        ),
        "a policy for a vault that names no tag": (machine() | assigned(TAGGED), NONE),
        "a policy that only audits": (machine() | assigned(effect="AuditIfNotExists"), NONE),
        "a policy that isn't enforced": (machine() | assigned(mode="DoNotEnforce"), NONE),
        "a policy that leaves it out": (
            machine({"Backup": "no"}) | assigned(exclusionTagName="backup", exclusionTagValue=["no"]),
            NONE,
        ),
        "a policy that asks for a tag": (
            machine({"backup": "no"})
            | assigned(TAGGED, inclusionTagName="backup", inclusionTagValue=["yes"]),
            NONE,
        ),
        "an older type": (
            {"login": ("azure-native:compute/v20230301:VirtualMachine", {"resourceGroupName": "main"})},
            NONE,
        ),
    },
    "good": {
        "an item": (machine() | item(),),
        "an item by its id": (machine() | item(MACHINE.upper(), links=(), policyId="p"),),
        "an item by the older property": (machine() | item(None, links=(), virtualMachineId=MACHINE),),
        "a policy of the subscription": (machine() | assigned(),),
        "a policy of the group": (machine() | assigned(scope=GROUP, effect="deployIfNotExists"),),
        "a policy of the stack's group": (
            {"group": (RESOURCE_GROUP, {})}
            | {
                "login": (
                    VIRTUAL_MACHINE,
                    {"resourceGroupName": UNKNOWN},
                    {"resourceGroupName": ["group"]},
                )
            }
            | assigned(scope=UNKNOWN, links={"scope": ["group"]}),
        ),
        "a policy that asks for a tag": (
            machine({"Backup": "yes"})
            | assigned(TAGGED, inclusionTagName="backup", inclusionTagValue=["yes"]),
        ),
        "a policy that asks for no tag": (machine() | assigned(TAGGED_NEW),),
        "a policy that asks for no value": (machine() | assigned(TAGGED_NEW, inclusionTagName="backup"),),
        "a policy for a vault of its region": (
            machine(location="westeurope") | assigned(vaultLocation="West Europe"),
        ),
    },
    "unknown": {
        "an item of a machine that isn't known": (
            machine() | item(links=()),
            "item: properties: can't be judged: may refer to this resource, which isn't known yet",
        ),
        "a policy for a vault of a region that isn't known": (
            machine(location="westeurope") | assigned(vaultLocation=UNKNOWN),
            f"assignment: parameters.vaultLocation.value: {NOT_KNOWN}",
        ),
        "a policy that isn't known": (
            machine() | assigned(UNKNOWN),
            f"assignment: policyDefinitionId: {NOT_KNOWN}",
        ),
        "a priority that isn't known": (machine(priority=UNKNOWN), f"login: priority: {NOT_KNOWN}"),
    },
    "not applicable": {
        "development": (machine({"stage": "development"}),),
        "public data": (machine({"data-classification": "public"}),),
        "spot": (machine(priority="Spot"),),
        "an ephemeral disk": (machine(storageProfile={"osDisk": {"diffDiskSettings": {"option": "Local"}}}),),
        "a member of a scale set": (machine(virtualMachineScaleSet={"id": UNKNOWN}),),
        "a scale set": ({"nodes": (VIRTUAL_MACHINE_SCALE_SET, {})},),
    },
}


def test_verdict(case, check):
    check("BK10", case)
