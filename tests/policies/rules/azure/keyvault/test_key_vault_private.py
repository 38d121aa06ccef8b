from modelyard_policies.azure.types import KEY_VAULT, MANAGED_HSM, PRIVATE_ENDPOINT, RESOURCE_GROUP
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.registry import all_rules
from modelyard_policies.rules.azure.keyvault.key_vault_private import PrivateVaults

ID = "/subscriptions/0000/resourceGroups/main/providers/Microsoft.KeyVault/vaults/acme-keys"
HSM = "/subscriptions/0000/resourceGroups/main/providers/Microsoft.KeyVault/managedHSMs/acme-hsm"
KEY = "privateLinkServiceConnections"
OPEN = "the public endpoint takes any network"
ALONE = "keys: : no private endpoint leads to this vault"
OFFICE = {"value": "203.0.113.0/24"}


def vault(access=None, action=None, token=KEY_VAULT, **rules):
    acls = {"bypass": "AzureServices", "defaultAction": action, **rules}
    properties = {"publicNetworkAccess": access, "networkAcls": acls}
    return {"keys": (token, {"vaultName": "acme-keys", "properties": properties})}


def endpoint(target=ID, group="vault", links=None):
    connections = [{"name": "c", "privateLinkServiceId": target, "groupIds": [group]}]
    return {"endpoint": (PRIVATE_ENDPOINT, {KEY: connections}, links or {})}


CASES = {
    "bad": {
        "nothing said": (
            {"keys": (KEY_VAULT, {})},
            f"keys: properties.publicNetworkAccess: is unset and networkAcls.defaultAction is unset: {OPEN}",
        ),
        "open, with a private endpoint beside": (
            vault("Enabled", "Allow") | endpoint(),
            f"keys: properties.publicNetworkAccess: is Enabled and networkAcls.defaultAction is Allow: {OPEN}",
        ),
        "open to half the internet": (
            vault("Enabled", "Deny", ipRules=[{"value": "0.0.0.0/1"}]) | endpoint(),
            "keys: properties.networkAcls.ipRules[0].value: is 0.0.0.0/1: half the internet or more",
        ),
        "an office that comes in by the public endpoint": (vault("Enabled", "Deny", ipRules=[OFFICE]), ALONE),
        "a subnet that comes in by the public endpoint": (
            vault(None, "Deny", virtualNetworkRules=[{"id": UNKNOWN}]),
            ALONE,
        ),
        "an HSM that is open": (
            vault("Enabled", "Allow", token=MANAGED_HSM),
            f"keys: properties.publicNetworkAccess: is Enabled and networkAcls.defaultAction is Allow: {OPEN}",
        ),
        "an office, and an endpoint of another vault": (
            vault("Enabled", "Deny", ipRules=[OFFICE]) | endpoint(f"{ID}-2"),
            ALONE,
        ),
    },
    "good": {
        "off": (vault("Disabled"),),
        "off, in other letters": (vault("disabled", "Allow", token="azure-native:keyvault/v20230201:Vault"),),
        "behind a perimeter": (vault("SecuredByPerimeter", ipRules=[OFFICE]),),
        "a firewall that names nobody": (vault("Enabled", "Deny"),),
        "an office, and a private endpoint by the id": (
            vault("Enabled", "Deny", ipRules=[OFFICE]) | endpoint(ID.lower()),
        ),
        "an office, and a private endpoint by the dependency": (
            vault("Enabled", "Deny", ipRules=[OFFICE]) | endpoint(UNKNOWN, links={KEY: ["keys"]}),
        ),
        "an HSM that an office comes to, with an endpoint": (
            {
                "keys": (
                    MANAGED_HSM,
                    {
                        "name": "acme-hsm",
                        "properties": {"networkAcls": {"defaultAction": "Deny", "ipRules": [OFFICE]}},
                    },
                )
            }
            | endpoint(HSM, "managedhsm"),
        ),
        "off, with a firewall that isn't known": (vault("Disabled", UNKNOWN, ipRules=UNKNOWN),),
    },
    "unknown": {
        "access that isn't known": (
            vault(UNKNOWN, "Allow"),
            "keys: properties.publicNetworkAccess: can't be judged: not known before the deployment",
        ),
        "an endpoint that may be another vault's": (
            vault("Enabled", "Deny", ipRules=[OFFICE]) | endpoint(UNKNOWN),
            f"endpoint: {KEY}: can't be judged: may refer to this resource, which isn't known yet",
        ),
        "networks that aren't known": (
            vault("Enabled", "Deny", ipRules=UNKNOWN),
            "keys: properties.networkAcls.ipRules: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "a vault that is brought back": ({"keys": (KEY_VAULT, {"properties": {"createMode": "recover"}})},),
        "no vault": ({"group": (RESOURCE_GROUP, {})},),
    },
}


def test_verdict(case, check):
    check("EN9", case)


def test_a_private_endpoint_can_be_asked_for_of_every_vault(build):
    options = [PrivateVaults.from_json({"endpoint": "always"})]
    for graph, passes in ((vault("Disabled"), False), (vault("Disabled") | endpoint(), True)):
        assert evaluate(build(graph), all_rules(), select=["EN9"], options=options).ok is passes
