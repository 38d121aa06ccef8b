from modelyard_policies.aws import types as aws
from modelyard_policies.azure import types as azure
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.registry import all_rules
from modelyard_policies.rules.common.tags.data_classification import DataClasses


def said(word):
    return {} if word is None else {"tags": {"data-classification": word}}


def bucket(name, word):
    return (aws.BUCKET, {"bucket": name, **said(word)})


def pair(copy_class, token, link, source_class="restricted"):
    """A bucket, another one, and what links them."""
    return {"data": bucket("data", source_class), "copy": bucket("copy", copy_class), "link": (token, link)}


def replicated(word, status="Enabled", target="arn:aws:s3:::copy", source_class="restricted"):
    rules = [{"status": status, "destination": {"bucket": target}}]
    return pair(word, aws.BUCKET_REPLICATION, {"bucket": "data", "rules": rules}, source_class)


def logged(word):
    return pair(word, aws.BUCKET_LOGGING, {"bucket": "data", "targetBucket": "copy"})


def backed_up(word, copies="restricted"):
    rules = [{"targetVaultName": "daily", "copyActions": [{"destinationVaultArn": UNKNOWN}]}]
    return {
        "data": (aws.EFS_FILE_SYSTEM, said("restricted")),
        "vault": (aws.BACKUP_VAULT, {"name": "daily", **said(word)}),
        "copies": (aws.BACKUP_VAULT, {"name": UNKNOWN, **said(copies)}),
        "plan": (aws.BACKUP_PLAN, {"rules": rules}, {"rules": ["copies"]}),
        "take": (aws.BACKUP_SELECTION, {"planId": UNKNOWN, "resources": ["*"]}, {"planId": ["plan"]}),
    }


def cached(word, **path):
    system = {"importPath": path["old"]} if "old" in path else {}
    link = {"fileSystemId": UNKNOWN, "dataRepositoryPath": path.get("new")}
    return {
        "data": bucket("data", "restricted"),
        "copy": (aws.FSX_LUSTRE, {**system, **said(word)}),
        "link": (aws.FSX_DATA_REPOSITORY_ASSOCIATION, link, {"fileSystemId": ["copy"]}),
    }


def linked(source, copy, link):
    return {"data": source, "copy": copy, "link": link}


def account(name, word):
    return (azure.STORAGE_ACCOUNT, {"accountName": name, **said(word)})


POLICY = (
    azure.OBJECT_REPLICATION_POLICY,
    {"accountName": "data", "sourceAccount": "data", "destinationAccount": "copy"},
)


def low(what, name="copy", claimed="internal"):
    return f"{name}: tags: says {claimed}, and holds {what} of data, which is restricted"


CASES = {
    "bad": {
        "a bucket that says nothing": (
            {"data": bucket("data", None)},
            "data: tags: lacks data-classification",
        ),
        "a word of somebody's own": (
            {"data": bucket("data", "secret-ish")},
            "data: tags: data-classification is none of public, internal, confidential, restricted",
        ),
        "stores and vaults of both clouds": (
            {
                "a": (aws.BACKUP_VAULT, {}),
                "b": (azure.DISK, {}),
                "c": (azure.RECOVERY_SERVICES_VAULT, said("tbd")),
            },
            "a: tags: lacks data-classification",
            "b: tags: lacks data-classification",
            "c: tags: data-classification is none of public, internal, confidential, restricted",
        ),
        "a replica": (replicated("internal"), low("a copy")),
        "access logs": (logged("public"), low("access logs", claimed="public")),
        "a backup vault": (backed_up("internal"), low("backups", "vault")),
        "a backup vault for copies": (backed_up("restricted", "public"), low("backups", "copies", "public")),
        "a cache": (cached("internal", new="s3://data/sets"), low("a cache")),
        "a cache, as older programs write it": (cached("internal", old="s3://data"), low("a cache")),
        "a replica of files": (
            linked(
                (aws.EFS_FILE_SYSTEM, {**said("restricted")}),
                (aws.EFS_FILE_SYSTEM, {**said("internal")}),
                (
                    aws.EFS_REPLICATION,
                    {"sourceFileSystemId": UNKNOWN, "destination": {"fileSystemId": UNKNOWN}},
                    {"sourceFileSystemId": ["data"], "destination": ["copy"]},
                ),
            ),
            low("a copy"),
        ),
        "a snapshot": (
            {
                "data": (aws.VOLUME, said("restricted")),
                "copy": (aws.EBS_SNAPSHOT, {"volumeId": UNKNOWN, **said("internal")}, {"volumeId": ["data"]}),
            },
            low("a snapshot"),
        ),
        "Azure's object replication": (
            linked(
                account("data", "Restricted"),
                account("copy", "internal"),
                (
                    azure.OBJECT_REPLICATION_POLICY,
                    {"sourceAccount": "data", "destinationAccount": "copy"},
                ),
            ),
            low("a copy"),
        ),
        "object replication with its policy at both accounts, which is one copy": (
            linked(account("data", "restricted"), account("copy", "internal"), POLICY)
            | {"other side": (POLICY[0], {**POLICY[1], "accountName": "copy"})},
            low("a copy"),
        ),
        "a snapshot on Azure, and a disk of it": (
            {
                "data": (azure.DISK, {"diskName": "data", **said("restricted")}),
                "copy": (
                    azure.SNAPSHOT,
                    {"creationData": {"sourceResourceId": UNKNOWN}, **said("internal")},
                    {"creationData": ["data"]},
                ),
            },
            low("a copy"),
        ),
        "backups of a machine on Azure": (
            linked(
                (azure.VIRTUAL_MACHINE, said("restricted")),
                (azure.RECOVERY_SERVICES_VAULT, {"vaultName": "daily", **said("internal")}),
                (
                    azure.PROTECTED_ITEM,
                    {"vaultName": "daily", "properties": {"sourceResourceId": UNKNOWN}},
                    {"properties": ["data"]},
                ),
            ),
            low("backups"),
        ),
        "logs on Azure": (
            linked(
                account("data", "restricted"),
                (azure.LOG_WORKSPACE, {"workspaceName": "logs", **said("internal")}),
                (
                    azure.DIAGNOSTIC_SETTING,
                    {"resourceUri": UNKNOWN, "workspaceId": UNKNOWN},
                    {"resourceUri": ["data"], "workspaceId": ["copy"]},
                ),
            ),
            low("logs"),
        ),
        "whatever else isn't known": (
            replicated("internal")
            | {
                "other": bucket(UNKNOWN, "restricted"),
                "more": (
                    aws.BUCKET_LOGGING,
                    {"bucket": "data", "targetBucket": UNKNOWN},
                    {"targetBucket": ["copy", "other"]},
                ),
            },
            low("a copy"),
        ),
    },
    "good": {
        "the same": (replicated("restricted"),),
        "higher": (replicated("restricted", source_class="internal"),),
        "replication that is turned off": (replicated("public", "Disabled"),),
        "a replica elsewhere": (replicated("public", target="arn:aws:s3:::elsewhere"),),
        "backups": (backed_up("restricted"),),
        "a cache": (cached("restricted", new="s3://data/sets"),),
        "a cache of another bucket": (cached("internal", new="s3://public-sets"),),
        "in whatever case": ({"data": bucket("data", " Internal ")},),
    },
    "unknown": {
        "a class that isn't known": (
            {"data": bucket("data", UNKNOWN)},
            "data: tags.data-classification: can't be judged: not known before the deployment",
        ),
        "a replica's class that isn't known": (
            replicated(UNKNOWN, source_class="confidential"),
            "copy: tags.data-classification: can't be judged: not known before the deployment",
            "copy: tags.data-classification: can't be judged: not known before the deployment",
        ),
        "one of two": (
            {
                "data": bucket("data", "restricted"),
                "one": bucket(UNKNOWN, "restricted"),
                "two": bucket(UNKNOWN, "public"),
                "link": (
                    aws.BUCKET_LOGGING,
                    {"bucket": "data", "targetBucket": UNKNOWN},
                    {"targetBucket": ["one", "two"]},
                ),
            },
            "link: targetBucket: can't be judged: may be one of several",
        ),
    },
    "not applicable": {
        "no data": ({"role": (aws.ROLE, {})},),
        "a machine on Azure that says nothing": ({"node": (azure.VIRTUAL_MACHINE, {})},),
    },
}


def test_verdict(case, check):
    check("TG2", case)


def test_the_classes_can_be_set(build):
    options = [DataClasses.from_json({"classes": ["Open", "Closed"]})]
    graph = build(
        {
            "data": bucket("data", "closed"),
            "copy": bucket("copy", "open"),
            "link": (aws.BUCKET_LOGGING, {"bucket": "data", "targetBucket": "copy"}),
            "other": bucket("other", "public"),
        }
    )
    report = evaluate(graph, all_rules(), select=["TG2"], options=options)
    assert [(finding.urn.rpartition("::")[2], finding.message) for finding in report.findings] == [
        ("copy", "says open, and holds access logs of data, which is closed"),
        ("other", "data-classification is none of open, closed"),
    ]
