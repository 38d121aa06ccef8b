from modelyard_policies.aws.types import BUCKET, INSPECTOR_ENABLER, REGISTRY_SCANNING, REPOSITORY
from modelyard_policies.graph import UNKNOWN

HERE = {"region": "eu-west-1"}
ELSEWHERE = {"region": "us-east-1"}
FAULT = "is unset, and no registry rule scans it"
BAD = f"images: imageScanningConfiguration.scanOnPush: {FAULT}"


def repository(scan=None, name="prod/training"):
    properties = {"name": name} if scan is None else {"name": name, "imageScanningConfiguration": scan}
    return {"images": (REPOSITORY, properties, {}, HERE)}


def registry(*patterns, frequency="SCAN_ON_PUSH", where=HERE):
    filters = [{"filter": pattern, "filterType": "WILDCARD"} for pattern in patterns]
    rules = [{"scanFrequency": frequency, "repositoryFilters": filters}]
    return {"registry": (REGISTRY_SCANNING, {"scanType": "BASIC", "rules": rules}, {}, where)}


def inspector(*kinds):
    return {"inspector": (INSPECTOR_ENABLER, {"resourceTypes": list(kinds)}, {}, HERE)}


CASES = {
    "bad": {
        "nothing said": (repository(), BAD),
        "false": (
            repository({"scanOnPush": False}),
            "images: imageScanningConfiguration.scanOnPush: is false, and no registry rule scans it",
        ),
        "a registry that scans others": (repository() | registry("dev/*", "web"), BAD),
        "a registry that scans when asked": (repository() | registry("*", frequency="MANUAL"), BAD),
        "the registry of another region": (repository() | registry("*", where=ELSEWHERE), BAD),
        "a rule without a filter": (repository() | registry(), BAD),
        "Inspector for machines only": (repository() | inspector("EC2"), BAD),
    },
    "good": {
        "the repository's own": (repository({"scanOnPush": True}),),
        "a registry that scans all": (repository(name=UNKNOWN) | registry("*"),),
        "by a part of its name": (repository() | registry("train"),),
        "by a pattern, without end": (repository() | registry("prod/*", frequency="CONTINUOUS_SCAN"),),
        "Inspector": (repository() | inspector("EC2", "ECR"),),
    },
    "unknown": {
        "not known": (
            repository({"scanOnPush": UNKNOWN}),
            (
                "images: imageScanningConfiguration.scanOnPush: can't be judged: not known before the "
                "deployment"
            ),
        ),
        "a name that isn't given": (
            repository(name=None) | registry("prod"),
            "images: name: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {"no repository": ({"data": (BUCKET, {})},)},
}


def test_verdict(case, check):
    check("CT5", case)
