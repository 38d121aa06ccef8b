from modelyard_policies.azure.types import (
    BACKUP_VAULT,
    BACKUP_VAULT_GUARD_PROXY,
    MANAGEMENT_LOCK_AT_RESOURCE_GROUP_LEVEL,
    MANAGEMENT_LOCK_AT_RESOURCE_LEVEL,
    MANAGEMENT_LOCK_AT_SUBSCRIPTION_LEVEL,
    MANAGEMENT_LOCK_BY_SCOPE,
    RECOVERY_SERVICES_GUARD_PROXY,
    RECOVERY_SERVICES_VAULT,
    RESOURCE_GROUP,
    STORAGE_ACCOUNT,
)
from modelyard_policies.graph import UNKNOWN

GROUP = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/Main"
PROXY = {"proxy": (RECOVERY_SERVICES_GUARD_PROXY, {"vaultName": UNKNOWN}, {"vaultName": ["vault"]})}


def vault(token=RECOVERY_SERVICES_VAULT, properties=None, **tags):
    named = {"vaultName": "recovery", "resourceGroupName": "main"}
    return {"vault": (token, {**named, "properties": properties, "tags": tags})}


def by_scope(scope, source=None, level="CanNotDelete"):
    links = {"scope": [source]} if source else {}
    return {"lock": (MANAGEMENT_LOCK_BY_SCOPE, {"scope": scope, "level": level}, links)}


def lock(token, **properties):
    return {"lock": (token, {"level": "CanNotDelete", **properties})}


LOCK = by_scope(UNKNOWN, "vault")
NO_GUARD = "vault: : no ResourceGuardProxy asks a second person about what weakens it"
NO_LOCK = "vault: : no lock keeps it from being deleted"
NOT_KNOWN = "can't be judged: not known before the deployment"

CASES = {
    "bad": {
        "neither": (vault(), NO_GUARD, NO_LOCK),
        "no second person": (vault() | LOCK, NO_GUARD),
        "no second person for a Backup vault": (
            vault(BACKUP_VAULT) | LOCK | PROXY,
            NO_GUARD.replace("ResourceGuardProxy", "DppResourceGuardProxy"),
        ),
        "no lock": (vault() | PROXY, NO_LOCK),
        "a lock that locks nothing": (vault() | PROXY | by_scope(UNKNOWN, "vault", "NotSpecified"), NO_LOCK),
        "a lock on another group": (
            vault() | PROXY | by_scope(GROUP.replace("Main", "other")),
            NO_LOCK,
        ),
        "a lock on another resource": (
            vault() | PROXY | lock(MANAGEMENT_LOCK_AT_RESOURCE_LEVEL, resourceName="other"),
            NO_LOCK,
        ),
        "a lock on another resource of the stack": (
            vault() | PROXY | {"account": (STORAGE_ACCOUNT, {})} | by_scope(UNKNOWN, "account"),
            NO_LOCK,
        ),
        "no second person, and a lock that isn't known": (vault() | by_scope(UNKNOWN), NO_GUARD),
    },
    "good": {
        "both": (vault() | PROXY | LOCK,),
        "both of a Backup vault": (
            vault(BACKUP_VAULT) | LOCK | {"proxy": (BACKUP_VAULT_GUARD_PROXY, {"vaultName": "recovery"})},
        ),
        "requests to a guard": (
            vault(properties={"resourceGuardOperationRequests": [f"{GROUP}/guard"]}) | LOCK,
        ),
        "a lock on the resource": (
            vault() | PROXY | lock(MANAGEMENT_LOCK_AT_RESOURCE_LEVEL, resourceName="recovery"),
        ),
        "a lock on the group": (
            vault() | PROXY | lock(MANAGEMENT_LOCK_AT_RESOURCE_GROUP_LEVEL, resourceGroupName="Main"),
        ),
        "a lock on the group of the stack": (
            {
                "group": (RESOURCE_GROUP, {}),
                "vault": (
                    RECOVERY_SERVICES_VAULT,
                    {"resourceGroupName": UNKNOWN},
                    {"resourceGroupName": ["group"]},
                ),
            }
            | PROXY
            | by_scope(UNKNOWN, "group", "ReadOnly"),
        ),
        "a lock on the group by its id": (vault() | PROXY | by_scope(GROUP),),
        "a lock on the subscription": (vault() | PROXY | lock(MANAGEMENT_LOCK_AT_SUBSCRIPTION_LEVEL),),
        "a lock on the subscription by its id": (
            vault() | PROXY | by_scope(GROUP.partition("/resourceGroups")[0]),
        ),
    },
    "unknown": {
        "a lock that isn't known": (
            vault() | PROXY | by_scope(UNKNOWN),
            "lock: scope: can't be judged: may refer to this resource, which isn't known yet",
        ),
        "a level that isn't known": (
            vault() | PROXY | by_scope(UNKNOWN, "vault", UNKNOWN),
            f"lock: level: {NOT_KNOWN}",
        ),
    },
    "not applicable": {
        "staging": (vault(stage="staging"),),
        "internal data": (vault(BACKUP_VAULT, **{"data-classification": "Internal"}),),
        "no vault": ({"account": (STORAGE_ACCOUNT, {})},),
    },
}


def test_verdict(case, check):
    check("BK12", case)
