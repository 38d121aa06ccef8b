"""Mutants of keys on AWS, and of the account's default for volumes."""

from mutating import Mutant, drop, mutant, put

from modelyard.planning.policies.keys import AUTO_SCALING_ROLE

KEY = "Key prod-keys-datasets"
REPLICA = "ReplicaKey prod-recovery-keys-datasets"
VOLUMES = "Key prod-keys-volumes"
SETTING = "EncryptionByDefault account-volumes-eu-central-1"
EVERYONE = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:Decrypt", "Resource": "*"}
ALL_BUT_ONE = {
    "Effect": "Allow",
    "NotPrincipal": {"AWS": "arn:aws:iam::345678901234:role/a"},
    "Action": "kms:Decrypt",
    "Resource": "*",
}

MUTANTS: dict[str, list[Mutant]] = {
    "EN1": [
        mutant("off", put(KEY, "enableKeyRotation", False)),
        mutant("not said", drop(KEY, "enableKeyRotation")),
    ],
    "EN2": [
        mutant(
            "everyone",
            put(KEY, "policy.Statement[+]", EVERYONE),
            fails=f"{KEY}: policy.Statement[1].Principal",
        ),
        mutant(
            "everyone, of a replica",
            put(REPLICA, "policy.Statement[0].Principal", "*"),
        ),
        mutant(
            "everyone but one",
            put(KEY, "policy.Statement[0]", ALL_BUT_ONE),
            fails=f"{KEY}: policy.Statement[0].Principal",
        ),
    ],
    "EN3": [
        mutant("a week", put(KEY, "deletionWindowInDays", 7)),
        mutant("unprotected", put(REPLICA, "@protect", False), fails=REPLICA),
    ],
    "EN5": [
        mutant(
            "no replica",
            drop(REPLICA),
            fails=f"{KEY}: multiRegion",
        ),
        mutant(
            "for one region",
            put(KEY, "multiRegion", False),
        ),
    ],
    "EN6": [
        mutant("off", put(SETTING, "enabled", False), stack="account"),
        mutant("not set in one region", drop(SETTING), fails="Stack modelyard-account", stack="account"),
        mutant(
            "not set anywhere",
            drop(SETTING),
            drop("EncryptionByDefault account-volumes-eu-west-1"),
            fails="Stack modelyard-account",
            stack="account",
        ),
    ],
    "EN13": [
        mutant("the role isn't let in", drop(VOLUMES, "policy.Statement[1]"), fails=f"{VOLUMES}: policy"),
        mutant("the role makes no grants", drop(VOLUMES, "policy.Statement[2]"), fails=f"{VOLUMES}: policy"),
        mutant(
            "a spot pool's role isn't let in",
            put(
                "Key dev-keys-volumes",
                "policy.Statement[1].Principal.AWS",
                f"arn:aws:iam::123456789012:{AUTO_SCALING_ROLE}",
            ),
            fails="Key dev-keys-volumes: policy",
            stack="dev",
        ),
    ],
}
