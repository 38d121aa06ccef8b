from modelyard_policies.azure.types import ROLE_DEFINITION
from modelyard_policies.graph import UNKNOWN

SUBSCRIPTION = "/subscriptions/11111111-1111-1111-1111-111111111111"
EVERYTHING = "it: permissions[0].actions: allows every action on a whole subscription"
ASSIGNING = "it: permissions[0].actions: may assign roles on a whole subscription"


def role(actions, *without, scopes=(SUBSCRIPTION,), token=ROLE_DEFINITION):
    permissions = [{"actions": actions, "notActions": list(without)}]
    return {"it": (token, {"assignableScopes": list(scopes), "permissions": permissions})}


CASES = {
    "bad": {
        "everything": (role(["*"]), EVERYTHING),
        "everything but": (
            role(["*"], "Microsoft.Authorization/*/Write"),
            (
                "it: permissions[0].actions: allows every action but those that it leaves out, on a whole "
                "subscription"
            ),
        ),
        "everything, in other letters": (role(["*/*"]), EVERYTHING),
        "all data": (
            {
                "it": (
                    ROLE_DEFINITION,
                    {"assignableScopes": [SUBSCRIPTION], "permissions": [{"dataActions": ["*"]}]},
                )
            },
            "it: permissions[0].dataActions: allows everything with all data of a whole subscription",
        ),
        "changing roles": (
            role(["Microsoft.Authorization/roleDefinitions/*"]),
            "it: permissions[0].actions: may change roles, its own among them on a whole subscription",
        ),
        "everything, in one of its scopes": (
            role(["*"], scopes=[f"{SUBSCRIPTION}/resourceGroups/main", SUBSCRIPTION]),
            EVERYTHING,
        ),
        "everything, where it is defined": (
            {"it": (ROLE_DEFINITION, {"scope": SUBSCRIPTION, "permissions": [{"actions": ["*"]}]})},
            EVERYTHING,
        ),
        "everything, in an older API": (
            role(["*"], token="azure-native:authorization/v20220401:RoleDefinition"),
            EVERYTHING,
        ),
        "assigning roles": (role(["Microsoft.Authorization/roleAssignments/write"]), ASSIGNING),
        "assigning roles, by a wildcard": (role(["Microsoft.Compute/*", "*/write"]), ASSIGNING),
        "beside what isn't known": (role([UNKNOWN, "*"]), EVERYTHING),
    },
    "good": {
        "some actions": (role(["Microsoft.Compute/*", "Microsoft.Authorization/*/read"]),),
        "writing all but roles": (role(["*/write"], "Microsoft.Authorization/*/write"),),
    },
    "unknown": {
        "actions that aren't known": (
            role([UNKNOWN]),
            "it: permissions[0].actions[0]: can't be judged: not known before the deployment",
        ),
        "scopes that aren't known": (
            role(["*"], scopes=[UNKNOWN]),
            "it: assignableScopes[0]: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "for a resource group": (role(["*"], scopes=[f"{SUBSCRIPTION}/resourceGroups/main"]),),
    },
}


def test_verdict(case, check):
    check("IA8", case)
