from modelyard_policies.aws.types import EFS_FILE_SYSTEM, FSX_LUSTRE, KMS_ALIAS, KMS_KEY
from modelyard_policies.graph import UNKNOWN

NO_KEY = "home: kmsKeyId: names no customer-managed key"


def home(token=KMS_KEY, **properties):
    given = {"encrypted": True, "kmsKeyId": UNKNOWN, **properties}
    return {"key": (token, {}), "home": (EFS_FILE_SYSTEM, given, {"kmsKeyId": ["key"]})}


CASES = {
    "bad": {
        "nothing said": (home(encrypted=None, kmsKeyId=None), "home: encrypted: is unset", NO_KEY),
        "off": (home(encrypted=False), "home: encrypted: is false"),
        "off, with public data": (
            home(encrypted="false", kmsKeyId=None, tags={"data-classification": "public"}),
            "home: encrypted: is false",
        ),
        "AWS's key": (home(kmsKeyId=None), NO_KEY),
        "AWS's key by its alias": (
            home(kmsKeyId="arn:aws:kms:eu-west-1:111122223333:alias/aws/elasticfilesystem"),
            NO_KEY,
        ),
        "off, under a key that isn't known": (
            {"home": (EFS_FILE_SYSTEM, {"kmsKeyId": UNKNOWN})},
            "home: encrypted: is unset",
        ),
    },
    "good": {
        "a key of the graph": (home(),),
        "a key of the graph by its alias": (home(KMS_ALIAS),),
        "a key from elsewhere": (home(kmsKeyId="arn:aws:kms:eu-west-1:111122223333:key/1"),),
        "public data under AWS's key": (
            home(encrypted="true", kmsKeyId=None, tags={"data-classification": "public"}),
        ),
    },
    "unknown": {
        "encryption that isn't known": (
            home(encrypted=UNKNOWN),
            "home: encrypted: can't be judged: not known before the deployment",
        ),
        "a key that isn't known and comes from no key of the graph": (
            {"home": (EFS_FILE_SYSTEM, {"encrypted": True, "kmsKeyId": UNKNOWN})},
            "home: kmsKeyId: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {"Lustre": ({"fast": (FSX_LUSTRE, {})},)},
}


def test_verdict(case, check):
    check("ST13", case)
