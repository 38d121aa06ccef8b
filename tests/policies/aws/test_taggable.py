import importlib.util
import re
from pathlib import Path

from modelyard_policies.aws.taggable import PARTS, taggable_types

SERVICES = [
    *("backup", "batch", "budgets", "cloudtrail", "cloudwatch", "ec2", "ecr", "ecs", "efs", "eks", "fsx"),
    *("iam", "kms", "s3", "sns", "vpc"),
]


def test_the_taggable_types_are_those_that_the_sdk_declares_but_for_parts_of_others():
    sdk = Path(importlib.util.find_spec("pulumi_aws").origin).parent
    declared = set()
    for path in (path for service in SERVICES for path in (sdk / service).glob("[!_]*.py")):
        text = path.read_text(encoding="utf-8")
        token = re.search(r"super\(\w+, __self__\).__init__\(\s*'(aws:[^']+)'", text)
        inputs = text.partition("def _internal_init")[2].partition("__props__=None")[0]
        if token and re.search(r"\n\s+tags: ", inputs):
            declared.add(token[1])
    parts = {token for token in declared if token.rpartition(":")[2] in PARTS}
    assert list(taggable_types()) == sorted(declared - parts)
    assert {token.rpartition(":")[2] for token in parts} == set(PARTS)
