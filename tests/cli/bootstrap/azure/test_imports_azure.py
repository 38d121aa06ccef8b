"""What is read for a subscription: nothing of AWS, and no identity before one is needed."""

from __future__ import annotations


def test_neither_command_reads_anything_of_aws(subscription, imported):
    subscription.applied()
    modules = imported(["bootstrap", "azure", str(subscription.path)], ["doctor", str(subscription.path)])
    read = {
        name for name in modules if name.partition(".")[0] in ("boto3", "botocore", "pulumi", "pulumi_aws")
    }
    assert read == set()
    assert not {
        name for name in modules if name.startswith(("modelyard.aws", "modelyard.environment.aws.spec"))
    }
    assert "azure.identity" not in modules


def test_an_account_on_aws_reads_nothing_of_azure(imported):
    modules = imported(["bootstrap", "aws", "--help"], ["bootstrap", "azure", "--help"])
    assert not {name for name in modules if "azure" in name}
