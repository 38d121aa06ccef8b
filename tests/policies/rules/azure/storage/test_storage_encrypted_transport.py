from modelyard_policies.azure.types import RESOURCE_GROUP, STORAGE_ACCOUNT
from modelyard_policies.graph import UNKNOWN

ANCIENT = "azure-native:storage/v20180701:StorageAccount"


def account(https=True, tls="TLS1_2", token=STORAGE_ACCOUNT):
    return {"data": (token, {"enableHttpsTrafficOnly": https, "minimumTlsVersion": tls})}


CASES = {
    "bad": {
        "nothing said": (
            {"data": (STORAGE_ACCOUNT, {})},
            "data: minimumTlsVersion: is unset, which Azure's API takes for TLS1_0",
        ),
        "nothing said to an API that takes that for HTTP": (
            account(None, token=ANCIENT),
            "data: enableHttpsTrafficOnly: is unset, which this version of the API takes for false",
        ),
        "HTTP": (account(False), "data: enableHttpsTrafficOnly: is false"),
        "old TLS": (account(tls="TLS1_1"), "data: minimumTlsVersion: is TLS1_1"),
        "HTTP, and a minimum that isn't known": (
            account(False, UNKNOWN),
            "data: enableHttpsTrafficOnly: is false",
        ),
        "old TLS, and the rest not known": (account(UNKNOWN, "TLS1_0"), "data: minimumTlsVersion: is TLS1_0"),
    },
    "good": {
        "both": (account(),),
        "HTTPS by default": (account(None),),
        "TLS 1.3": (account("true", "TLS1_3"),),
        "both to an older API": (account(token=ANCIENT),),
    },
    "unknown": {
        "a minimum that isn't known": (
            account(tls=UNKNOWN),
            "data: minimumTlsVersion: can't be judged: not known before the deployment",
        ),
        "HTTPS that isn't known": (
            account(UNKNOWN),
            "data: enableHttpsTrafficOnly: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {"no storage": ({"group": (RESOURCE_GROUP, {})},)},
}


def test_verdict(case, check):
    check("ST17", case)
