import pytest

from modelyard_policies.azure.types import ROLE_ASSIGNMENT, ROLE_DEFINITION
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.registry import all_rules
from modelyard_policies.rules.azure.identity.no_owner_of_subscription import SubscriptionRoles

SUBSCRIPTION = "/subscriptions/11111111-1111-1111-1111-111111111111"
ROLES = "/providers/Microsoft.Authorization/roleDefinitions/"
OWNER = f"{ROLES}8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
ACCESS = f"{ROLES}18d7d88d-d35e-4fb5-a5c3-7773c20a72d9"
CONTRIBUTOR = f"{ROLES}b24988ac-6180-42a0-ab88-20f7382dd24c"
GROUP = "/providers/Microsoft.Management/managementGroups/acme"


def assignment(role, scope=SUBSCRIPTION, token=ROLE_ASSIGNMENT, **more):
    return {"it": (token, {"roleDefinitionId": role, "scope": scope, **more})}


CASES = {
    "bad": {
        "an owner": (assignment(OWNER), f"it: scope: gives Owner on {SUBSCRIPTION}"),
        "an owner, as the subscription names the role": (
            assignment(f"{SUBSCRIPTION}{OWNER.upper()}", f"{SUBSCRIPTION}/"),
            f"it: scope: gives Owner on {SUBSCRIPTION}/",
        ),
        "an owner under a condition": (
            assignment(OWNER, condition="@Resource"),
            f"it: scope: gives Owner on {SUBSCRIPTION}",
        ),
        "an owner of a management group": (assignment(OWNER, GROUP), f"it: scope: gives Owner on {GROUP}"),
        "an owner of the tenant": (assignment(OWNER, "/"), "it: scope: gives Owner on /"),
        "who lets others in": (
            assignment(ACCESS),
            f"it: scope: gives User Access Administrator on {SUBSCRIPTION}",
        ),
        "an older API": (
            assignment(OWNER, token="azure-native_authorization_v20220401:authorization:RoleAssignment"),
            f"it: scope: gives Owner on {SUBSCRIPTION}",
        ),
    },
    "good": {
        "an owner of a resource group": (assignment(OWNER, f"{SUBSCRIPTION}/resourceGroups/main"),),
        "another role": (assignment(CONTRIBUTOR),),
        "who lets some in": (assignment(ACCESS, condition="@Request"),),
        "a role that isn't known, on a group": (assignment(UNKNOWN, f"{SUBSCRIPTION}/resourceGroups/main"),),
        "another role, where isn't known": (assignment(CONTRIBUTOR, UNKNOWN),),
    },
    "unknown": {
        "an owner, of what isn't known": (
            assignment(OWNER, UNKNOWN),
            "it: scope: can't be judged: not known before the deployment",
        ),
        "a role that isn't known": (
            assignment(UNKNOWN),
            "it: roleDefinitionId: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {"a definition of a role": ({"it": (ROLE_DEFINITION, {"scope": SUBSCRIPTION})},)},
}


def test_verdict(case, check):
    check("IA7", case)


@pytest.mark.parametrize(
    ("roles", "messages"),
    [
        (["Contributor"], [f"gives Contributor on {SUBSCRIPTION}"]),
        (["b24988ac-6180-42a0-ab88-20f7382dd24c"], [f"gives Contributor on {SUBSCRIPTION}"]),
        (["Owner"], []),
    ],
)
def test_other_roles_can_be_refused(build, roles, messages):
    options = [SubscriptionRoles.from_json({"roles": roles})]
    report = evaluate(build(assignment(CONTRIBUTOR)), all_rules(), select=["IA7"], options=options)
    assert [finding.message for finding in report.findings] == messages
