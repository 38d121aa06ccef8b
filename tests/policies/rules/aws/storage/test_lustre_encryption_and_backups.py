from modelyard_policies.aws.types import (
    BACKUP_SELECTION,
    FSX_DATA_REPOSITORY_ASSOCIATION,
    FSX_LUSTRE,
    FSX_OPEN_ZFS,
    KMS_KEY,
)
from modelyard_policies.graph import UNKNOWN

GOOD = {
    "deploymentType": "PERSISTENT_2",
    "kmsKeyId": UNKNOWN,
    "automaticBackupRetentionDays": 7,
    "copyTagsToBackups": True,
    "skipFinalBackup": False,
}
NO_KEY = "fast: kmsKeyId: names no customer-managed key"
NO_BACKUPS = (
    "fast: automaticBackupRetentionDays: is unset, less than 7",
    "fast: skipFinalBackup: is unset, so that a deletion takes every backup with it",
    "fast: copyTagsToBackups: is unset",
)
BARE = {"automaticBackupRetentionDays": None, "copyTagsToBackups": None, "skipFinalBackup": None}
ASSOCIATION = {
    "datasets": (FSX_DATA_REPOSITORY_ASSOCIATION, {"fileSystemId": UNKNOWN}, {"fileSystemId": ["fast"]})
}
SELECTION = {"selection": (BACKUP_SELECTION, {"resources": ["*"]})}


def lustre(token=FSX_LUSTRE, **properties):
    return {"key": (KMS_KEY, {}), "fast": (token, {**GOOD, **properties}, {"kmsKeyId": ["key"]})}


CASES = {
    "bad": {
        "AWS's key": (lustre(kmsKeyId=None), NO_KEY),
        "AWS's key by its alias": (lustre(kmsKeyId="alias/aws/fsx"), NO_KEY),
        "AWS's key, linked to a bucket": (lustre(kmsKeyId=None) | ASSOCIATION, NO_KEY),
        "nothing said of backups": (lustre(**BARE), *NO_BACKUPS),
        "backups for a day": (
            lustre(automaticBackupRetentionDays=1),
            "fast: automaticBackupRetentionDays: is 1, less than 7",
        ),
        "no final backup": (
            lustre(skipFinalBackup=True),
            "fast: skipFinalBackup: is true, so that a deletion takes every backup with it",
        ),
        "backups without tags, in a plan": (
            lustre(**BARE) | SELECTION,
            "fast: copyTagsToBackups: is unset",
        ),
        "backups that aren't known, without tags": (
            lustre(automaticBackupRetentionDays=UNKNOWN, copyTagsToBackups=False),
            "fast: copyTagsToBackups: is false",
        ),
    },
    "good": {
        "key and backups": (lustre(),),
        "the older kind": (lustre(deploymentType="PERSISTENT_1"),),
        "linked to a bucket": (lustre(**BARE) | ASSOCIATION,),
        "linked to a bucket in the older way": (lustre(**BARE, importPath="s3://datasets"),),
        "in a plan": (lustre(**BARE | {"copyTagsToBackups": True}) | SELECTION,),
        "for tests": (lustre(**BARE, tags={"stage": "test"}),),
        "public data under AWS's key": (lustre(kmsKeyId=None, tags={"data-classification": "public"}),),
    },
    "unknown": {
        "days that aren't known": (
            lustre(automaticBackupRetentionDays=UNKNOWN),
            "fast: automaticBackupRetentionDays: can't be judged: not known before the deployment",
        ),
        "a key that comes from elsewhere": (
            {"fast": (FSX_LUSTRE, GOOD)},
            "fast: kmsKeyId: can't be judged: not known before the deployment",
        ),
        "a kind that isn't known": (
            lustre(deploymentType=UNKNOWN),
            "fast: deploymentType: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "scratch": (lustre(deploymentType="SCRATCH_2", kmsKeyId=None),),
        "scratch by default": (lustre(deploymentType=None),),
        "OpenZFS": (lustre(FSX_OPEN_ZFS),),
    },
}


def test_verdict(case, check):
    check("ST12", case)
