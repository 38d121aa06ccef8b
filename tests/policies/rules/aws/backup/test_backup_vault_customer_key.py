from modelyard_policies.aws.types import BACKUP_VAULT, KMS_KEY, LOGICALLY_AIR_GAPPED_VAULT
from modelyard_policies.graph import UNKNOWN

KEY = "arn:aws:kms:eu-west-1:111122223333:key/1"


def vault(**properties):
    return {"vault": (BACKUP_VAULT, properties)}


CASES = {
    "bad": {
        "nothing said": (vault(), "vault: kmsKeyArn: names no customer-managed key"),
        "AWS's own key": (
            vault(kmsKeyArn="alias/aws/backup"),
            "vault: kmsKeyArn: names no customer-managed key",
        ),
        "air-gapped, without a key": (
            {"vault": (LOGICALLY_AIR_GAPPED_VAULT, {"kmsKeyArn": KEY})},
            "vault: encryptionKeyArn: names no customer-managed key",
        ),
    },
    "good": {
        "a key of the graph": (
            {
                "key": (KMS_KEY, {}),
                "vault": (BACKUP_VAULT, {"kmsKeyArn": UNKNOWN}, {"kmsKeyArn": ["key"]}),
            },
        ),
        "a key from elsewhere": (vault(kmsKeyArn=KEY),),
        "air-gapped, with a key": ({"vault": (LOGICALLY_AIR_GAPPED_VAULT, {"encryptionKeyArn": KEY})},),
    },
    "unknown": {
        "a key of which nothing is known": (
            vault(kmsKeyArn=UNKNOWN),
            "vault: kmsKeyArn: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {"no vault": ({"key": (KMS_KEY, {})},)},
}


def test_verdict(case, check):
    check("BK1", case)
