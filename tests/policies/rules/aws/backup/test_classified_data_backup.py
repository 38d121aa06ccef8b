from modelyard_policies.aws.types import (
    BACKUP_SELECTION,
    EFS_BACKUP_POLICY,
    EFS_FILE_SYSTEM,
    FSX_DATA_REPOSITORY_ASSOCIATION,
    FSX_LUSTRE,
    FSX_OPEN_ZFS,
    VOLUME,
)
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.registry import all_rules
from modelyard_policies.rules.aws.backup.classified_data_backup import BackedUpClasses

TAGS = {"data-classification": "restricted", "stage": "production", "backup": "prod"}
EVERY_EFS = ["arn:aws:elasticfilesystem:*:*:file-system/*"]
NONE = "home: : no backup selection takes it"


def home(token=EFS_FILE_SYSTEM, tags=TAGS, fields=None, **properties):
    return {"home": (token, {"tags": tags, **properties}, {}, fields or {})}


def selection(links=(), fields=None, **properties):
    return {"selection": (BACKUP_SELECTION, properties, {"resources": list(links)}, fields or {})}


def where(operator, key, value):
    return [{operator: [{"key": f"aws:ResourceTag/{key}", "value": value}]}]


def tagged(key, value):
    return {"type": "STRINGEQUALS", "key": key, "value": value}


CASES = {
    "bad": {
        "no selection": (home(), NONE),
        "a selection of other kinds": (home() | selection(resources=["arn:aws:fsx:*:*:file-system/*"]), NONE),
        "a condition on another tag": (
            home() | selection(resources=EVERY_EFS, conditions=where("stringEquals", "backup", "dev")),
            NONE,
        ),
        "a condition that isn't like it": (
            home() | selection(conditions=where("stringNotLikes", "backup", "p*")),
            NONE,
        ),
        "left out": (home() | selection(resources=["*"], notResources=EVERY_EFS), NONE),
        "a tag that it hasn't": (
            home() | selection(selectionTags=[tagged("save", "yes")]),
            NONE,
        ),
        "a selection of another region": (
            home(fields={"region": "eu-west-1"})
            | selection(resources=["*"], fields={"region": "eu-central-1"}),
            NONE,
        ),
        "a volume": (home(VOLUME) | selection(resources=EVERY_EFS), NONE),
        "its own backups are off": (home(FSX_OPEN_ZFS, automaticBackupRetentionDays=0), NONE),
        "its own policy is off": (
            home() | {"policy": (EFS_BACKUP_POLICY, {"fileSystemId": UNKNOWN}, {"fileSystemId": ["home"]})},
            NONE,
        ),
    },
    "good": {
        "everything": (home() | selection(resources=["*"]),),
        "nothing named, which is everything": (home() | selection(resources=[]),),
        "every one of its kind that has a tag": (
            home() | selection(resources=EVERY_EFS, conditions=where("stringEquals", "backup", "prod")),
        ),
        "a condition that is like it": (
            home() | selection(conditions=where("stringLikes", "backup", "*rod")),
        ),
        "a condition that it has no tag for": (
            home() | selection(conditions=where("stringNotEquals", "skip", "yes")),
        ),
        "by tag, whatever else is named": (
            home()
            | selection(
                resources=["arn:aws:fsx:*:*:file-system/*"],
                selectionTags=[tagged("backup", "prod")],
            ),
        ),
        "itself": (home() | selection(resources=[UNKNOWN], links=["home"]),),
        "itself and another": (
            home()
            | {"other": (EFS_FILE_SYSTEM, {"tags": {"stage": "dev"}})}
            | selection(resources=[UNKNOWN, UNKNOWN], links=["home", "other"]),
        ),
        "one of many selections": (
            home()
            | {
                f"other-{number}": (BACKUP_SELECTION, {"selectionTags": [tagged("backup", f"plan-{number}")]})
                for number in range(3)
            }
            | selection(selectionTags=[tagged("backup", "prod")]),
        ),
        "all of its account and region": (
            home(fields={"region": "eu-west-1"})
            | selection(resources=["arn:aws:elasticfilesystem:eu-west-1:111122223333:file-system/*"]),
        ),
        "by its ARN": (
            home(fields={"outputs": {"arn": "arn:aws:elasticfilesystem:eu-west-1:1:file-system/fs-1"}})
            | selection(resources=["arn:aws:elasticfilesystem:eu-west-1:1:file-system/fs-1"]),
        ),
        "EFS's own policy": (
            home()
            | {
                "policy": (
                    EFS_BACKUP_POLICY,
                    {"fileSystemId": UNKNOWN, "backupPolicy": {"status": "ENABLED"}},
                    {"fileSystemId": ["home"]},
                )
            },
        ),
        "FSx's own backups": (home(FSX_OPEN_ZFS, automaticBackupRetentionDays=30),),
    },
    "unknown": {
        "resources that aren't known": (
            home() | selection(resources=[UNKNOWN]),
            "selection: resources: can't be judged: not known before the deployment",
        ),
        "an id that may be its own": (
            home() | selection(resources=["arn:aws:elasticfilesystem:eu-west-1:1:file-system/fs-1"]),
            ("selection: resources: can't be judged: names one that may be this, whose ARN isn't known yet"),
        ),
        "one of two, or another": (
            home()
            | {"other": (EFS_FILE_SYSTEM, {"tags": {"stage": "dev"}})}
            | selection(resources=[UNKNOWN], links=["home", "other"]),
            "selection: resources: can't be judged: not known before the deployment",
        ),
        "a tag that isn't known": (
            home(tags={**TAGS, "backup": UNKNOWN}) | selection(selectionTags=[tagged("backup", "prod")]),
            "home: tags.backup: can't be judged: not known before the deployment",
        ),
        "a selection's tag that isn't known": (
            home() | selection(selectionTags=[tagged("backup", UNKNOWN)]),
            "selection: selectionTags[0].value: can't be judged: not known before the deployment",
        ),
        "tags that aren't known": (
            home(tags=UNKNOWN),
            "home: tags: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "nothing said": (home(tags={}),),
        "internal data": (home(tags={**TAGS, "data-classification": "internal"}),),
        "not production": (home(tags={**TAGS, "stage": "development"}),),
        "scratch": (home(FSX_LUSTRE, deploymentType="SCRATCH_2"),),
        "linked to a bucket": (
            home(FSX_LUSTRE, deploymentType="PERSISTENT_2")
            | {
                "link": (
                    FSX_DATA_REPOSITORY_ASSOCIATION,
                    {"fileSystemId": UNKNOWN},
                    {"fileSystemId": ["home"]},
                )
            },
        ),
        "linked to a bucket as of old": (
            home(FSX_LUSTRE, deploymentType="PERSISTENT_1", importPath="s3://corpus"),
        ),
    },
}


def test_verdict(case, check):
    check("BK5", case)


def test_the_classes_can_be_set(build):
    graph = build(home())
    options = [BackedUpClasses.from_json({"classes": ["secret"]})]
    assert evaluate(graph, all_rules(), select=["BK5"], options=options).ok
