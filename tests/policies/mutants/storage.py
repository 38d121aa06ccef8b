"""Mutants of buckets and file systems on AWS."""

from mutating import Mutant, add, drop, mutant, put

from modelyard_policies.aws.types import BUCKET_ACL, EFS_FILE_SYSTEM

BUCKET = "Bucket prod-storage-datasets"
BLOCK = "BucketPublicAccessBlock prod-storage-datasets"
ENCRYPTION = "BucketServerSideEncryptionConfiguration prod-storage-datasets"
VERSIONING = "BucketVersioning prod-storage-datasets"
POLICY = "BucketPolicy prod-storage-datasets"
LIFECYCLE = "BucketLifecycleConfiguration prod-storage-datasets"
TRAIL = "Bucket account-trail"
LOCK = "BucketObjectLockConfiguration account-trail"
LUSTRE = "LustreFileSystem prod-files-fast"
HOME = "FileSystem prod-files-home"

OUTSIDER = {
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::999988887777:root"},
    "Action": "s3:GetObject",
    "Resource": "*",
}
TAGS = {"environment": "prod", "owner": "ml", "cost-center": "cc-1", "data-classification": "restricted"}

MUTANTS: dict[str, list[Mutant]] = {
    "ST1": [
        *(
            mutant(f"{flag} is off", put(BLOCK, flag, False))
            for flag in ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
        ),
        mutant("nothing blocks the public", drop(BLOCK), fails=BUCKET),
        mutant("another bucket is blocked", put(BLOCK, "bucket", "another"), fails=BUCKET),
    ],
    "ST2": [
        mutant(
            "a flag is off",
            put("AccountPublicAccessBlock account-public-access", "restrictPublicBuckets", False),
            stack="account",
        ),
        mutant(
            "the account has none",
            drop("AccountPublicAccessBlock account-public-access"),
            fails="Stack modelyard-account",
            stack="account",
        ),
    ],
    "ST3": [
        mutant(
            "S3's own keys encrypt",
            put(ENCRYPTION, "rules[0].applyServerSideEncryptionByDefault", {"sseAlgorithm": "AES256"}),
            fails=[
                f"{ENCRYPTION}: rules[0].applyServerSideEncryptionByDefault.{key}"
                for key in ("sseAlgorithm", "kmsMasterKeyId")
            ],
        ),
        mutant(
            "AWS's own key encrypts",
            put(ENCRYPTION, "rules[0].applyServerSideEncryptionByDefault.kmsMasterKeyId", "alias/aws/s3"),
        ),
        mutant("without a bucket key", put(ENCRYPTION, "rules[0].bucketKeyEnabled", False)),
        mutant("nothing is said", drop(ENCRYPTION), fails=BUCKET),
        mutant(
            "access logs can't be delivered",
            put(
                "BucketServerSideEncryptionConfiguration prod-storage-logs",
                "rules[0].applyServerSideEncryptionByDefault.sseAlgorithm",
                "aws:kms",
            ),
        ),
    ],
    "ST4": [
        mutant(
            "suspended, where replicas come from",
            put(VERSIONING, "versioningConfiguration.status", "Suspended"),
            kin="BK6 Bucket prod-storage-datasets",
        ),
        mutant(
            "suspended, where logs go",
            put("BucketVersioning prod-storage-logs", "versioningConfiguration.status", "Suspended"),
        ),
        mutant(
            "nobody says so", drop("BucketVersioning prod-storage-logs"), fails="Bucket prod-storage-logs"
        ),
    ],
    "ST5": [
        mutant(
            "another condition",
            put(POLICY, "policy.Statement[0].Condition", {"Bool": {"aws:ViaAWSService": "false"}}),
            fails=[f"{POLICY}: policy", f"{POLICY}: policy"],
        ),
        mutant(
            "objects are left out",
            put(
                POLICY, "policy.Statement[0].Resource", ["arn:aws:s3:::prod-datasets-345678901234-us-east-1"]
            ),
            fails=f"{POLICY}: policy",
        ),
        mutant(
            "a denial for one role",
            put(POLICY, "policy.Statement[0].Principal", {"AWS": "arn:aws:iam::345678901234:role/a"}),
            fails=[f"{POLICY}: policy", f"{POLICY}: policy"],
        ),
        mutant("no policy", drop(POLICY), fails=BUCKET),
    ],
    "ST6": [
        mutant(
            "everyone",
            put(POLICY, "policy.Statement[+]", {**OUTSIDER, "Principal": "*"}),
            fails=f"{POLICY}: policy.Statement[3].Principal",
        ),
        mutant(
            "everyone but some",
            put(
                POLICY,
                "policy.Statement[+]",
                {"Effect": "Allow", "NotPrincipal": {"AWS": "*"}, "Action": "s3:*", "Resource": "*"},
            ),
            fails=f"{POLICY}: policy.Statement[3].NotPrincipal",
        ),
        mutant(
            "another account",
            put(POLICY, "policy.Statement[+]", OUTSIDER),
            fails=f"{POLICY}: policy.Statement[3].Principal",
        ),
        mutant(
            "an ACL for everyone",
            add(
                BUCKET_ACL,
                "datasets",
                {"bucket": "prod-datasets-345678901234-us-east-1", "acl": "public-read"},
            ),
            fails="BucketAcl datasets: acl",
            kin="ST9 BucketAcl datasets: acl",
        ),
    ],
    "ST7": [
        mutant("nobody records", drop("BucketLogging prod-storage-datasets"), fails=BUCKET),
        mutant(
            "logs go nowhere",
            drop("BucketLogging prod-storage-datasets", "targetBucket"),
            fails=BUCKET,
        ),
    ],
    "ST8": [
        mutant(
            "after a month",
            put(LIFECYCLE, "rules[0].abortIncompleteMultipartUpload.daysAfterInitiation", 30),
            fails=f"{LIFECYCLE}: rules",
        ),
        mutant("disabled", put(LIFECYCLE, "rules[0].status", "Disabled"), fails=f"{LIFECYCLE}: rules"),
        mutant(
            "for a prefix", put(LIFECYCLE, "rules[0].filter.prefix", "runs/"), fails=f"{LIFECYCLE}: rules"
        ),
        mutant("no rules", drop(LIFECYCLE), fails=BUCKET),
    ],
    "ST9": [
        mutant(
            "objects belong to whoever wrote them",
            put("BucketOwnershipControls prod-storage-datasets", "rule.objectOwnership", "ObjectWriter"),
        ),
        mutant(
            "an ACL for the log delivery",
            add(
                BUCKET_ACL,
                "logs",
                {"bucket": "prod-logs-345678901234-us-east-1", "acl": "log-delivery-write"},
            ),
            fails="BucketAcl logs: acl",
        ),
    ],
    "ST10": [
        mutant("checkpoints", put("Bucket prod-storage-checkpoints", "objectLockEnabled", False)),
        mutant("a trail's records", drop(LOCK), fails=f"{TRAIL}: objectLockEnabled", stack="account"),
        mutant(
            "a trail's records, without a retention",
            drop(LOCK, "rule"),
            fails=f"{LOCK}: rule",
            stack="account",
        ),
        mutant(
            "a trail's records, for a month",
            put(LOCK, "rule.defaultRetention.days", 30),
            fails=f"{LOCK}: rule",
            stack="account",
        ),
    ],
    "ST11": [mutant("emptied when it goes", put(BUCKET, "forceDestroy", True))],
    "ST12": [
        mutant("FSx's own key", drop(LUSTRE, "kmsKeyId")),
        mutant(
            "its backups go with it",
            drop("DataRepositoryAssociation prod-files-fast"),
            fails=[
                f"{LUSTRE}: {key}"
                for key in ("automaticBackupRetentionDays", "skipFinalBackup", "copyTagsToBackups")
            ],
            kin=f"BK5 {LUSTRE}",
        ),
    ],
    "ST13": [
        mutant("in plain", put(HOME, "encrypted", False)),
        mutant("EFS's own key", put(HOME, "kmsKeyId", "alias/aws/elasticfilesystem")),
        mutant(
            "nothing is said",
            add(EFS_FILE_SYSTEM, "scratch", {"tags": {**TAGS, "modelyard:backup": "prod"}}),
            fails=["FileSystem scratch: encrypted", "FileSystem scratch: kmsKeyId"],
        ),
    ],
}
