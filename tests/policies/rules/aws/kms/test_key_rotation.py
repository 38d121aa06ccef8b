from modelyard_policies.aws.types import KMS_KEY
from modelyard_policies.graph import UNKNOWN


def key(**properties):
    return {"key": (KMS_KEY, properties)}


CASES = {
    "bad": {
        "nothing said": (key(), "key: enableKeyRotation: is unset"),
        "off": (
            key(enableKeyRotation=False, customerMasterKeySpec="SYMMETRIC_DEFAULT"),
            "key: enableKeyRotation: is false",
        ),
    },
    "good": {"on": (key(enableKeyRotation=True),), "on, as text": (key(enableKeyRotation="true"),)},
    "unknown": {
        "rotation that isn't known": (
            key(enableKeyRotation=UNKNOWN),
            "key: enableKeyRotation: can't be judged: not known before the deployment",
        ),
        "a kind that isn't known": (
            key(customerMasterKeySpec=UNKNOWN),
            "key: customerMasterKeySpec: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "asymmetric": (key(customerMasterKeySpec="RSA_4096", keyUsage="SIGN_VERIFY"),),
        "HMAC": (key(customerMasterKeySpec="HMAC_256", keyUsage="GENERATE_VERIFY_MAC"),),
        "in a custom key store": (key(customKeyStoreId="cks-1", customerMasterKeySpec=UNKNOWN),),
    },
}


def test_verdict(case, check):
    check("EN1", case)
