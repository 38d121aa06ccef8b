"""What the snippets of rules may use without making it: by name, the source that makes it.

docs/reference/policies.md says what each is. A snippet gets those that it names, and those that these name.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

NAMES = {
    # AWS
    "bucket": 'bucket = aws.s3.Bucket("datasets", bucket="acme-datasets")',
    "log_bucket": 'log_bucket = aws.s3.Bucket("access-logs", bucket="acme-access-logs")',
    "key": 'key = aws.kms.Key("datasets", description="Datasets", enable_key_rotation=True)',
    "vpc": 'vpc = aws.ec2.Vpc("main", cidr_block="10.0.0.0/16")',
    "subnet": 'subnet = aws.ec2.Subnet("nodes", vpc_id=vpc.id, cidr_block="10.0.0.0/20")',
    "route_table": 'route_table = aws.ec2.RouteTable("nodes", vpc_id=vpc.id)',
    "security_group": 'security_group = aws.ec2.SecurityGroup("nodes", vpc_id=vpc.id)',
    "role": 'role = aws.iam.Role("nodes", assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": []}))',
    "log_group": 'log_group = aws.cloudwatch.LogGroup("jobs", retention_in_days=365, kms_key_id=key.arn)',
    "vault": 'vault = aws.backup.Vault("daily", kms_key_arn=key.arn)',
    "file_system": 'file_system = aws.efs.FileSystem("home", encrypted=True, kms_key_id=key.arn)',
    "repository": 'repository = aws.ecr.Repository("training", name="training")',
    "topic": 'topic = aws.sns.Topic("alarms")',
    # Azure
    "group": 'group = azure.resources.ResourceGroup("main", resource_group_name="main", location="westeurope")',
    "account": (
        'account = azure.storage.StorageAccount("datasets", account_name="acmedatasets", '
        'resource_group_name=group.name, location="westeurope", kind="StorageV2", sku={"name": "Standard_ZRS"})'
    ),
    "container": (
        'container = azure.storage.BlobContainer("checkpoints", account_name=account.name, '
        'resource_group_name=group.name, container_name="checkpoints")'
    ),
    "network": (
        'network = azure.network.VirtualNetwork("main", resource_group_name=group.name, '
        'address_space={"address_prefixes": ["10.0.0.0/16"]})'
    ),
    "network_group": (
        'network_group = azure.network.NetworkSecurityGroup("nodes", resource_group_name=group.name)'
    ),
    "network_subnet": (
        'network_subnet = azure.network.Subnet("nodes", resource_group_name=group.name, '
        'virtual_network_name=network.name, address_prefix="10.0.0.0/20", '
        "network_security_group={'id': network_group.id})"
    ),
    "key_vault": (
        'key_vault = azure.keyvault.Vault("main", vault_name="acme-main", resource_group_name=group.name, '
        'properties={"tenant_id": "00000000-0000-0000-0000-000000000000", '
        '"sku": {"family": "A", "name": "premium"}})'
    ),
    "ml_workspace": (
        'ml_workspace = azure.machinelearningservices.Workspace("training", resource_group_name=group.name, '
        'identity={"type": "SystemAssigned"}, public_network_access="Disabled")'
    ),
    "recovery_vault": (
        'recovery_vault = azure.recoveryservices.Vault("recovery", vault_name="recovery", '
        'resource_group_name=group.name, sku={"name": "RS0", "tier": "Standard"}, '
        'properties={"public_network_access": "Disabled"})'
    ),
    "encryption_set": (
        'encryption_set = azure.compute.DiskEncryptionSet("disks", resource_group_name=group.name, '
        'identity={"type": "SystemAssigned"})'
    ),
    "identity": 'identity = azure.managedidentity.UserAssignedIdentity("nodes", resource_group_name=group.name)',
    "log_workspace": 'log_workspace = azure.operationalinsights.Workspace("logs", resource_group_name=group.name)',
}


def with_prelude(snippet: str) -> str:
    """A program: the resources that the snippet uses without making them, then the snippet."""
    needed: dict[str, None] = {}
    _gather(snippet, needed, frozenset(_made(snippet)))
    lines = [NAMES[name] for name in needed]
    return "\n".join(["import json", "import pulumi", *_imports(snippet, lines), *lines, snippet])


def _gather(source: str, needed: dict[str, None], made: frozenset[str]) -> None:
    for name in _read(source):
        if name in NAMES and name not in made and name not in needed:
            _gather(NAMES[name], needed, made | {name})
            needed[name] = None


def _read(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id


def _made(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def _imports(snippet: str, lines: list[str]) -> Iterator[str]:
    used = {name for source in (snippet, *lines) for name in _read(source)}
    if "aws" in used:
        yield "import pulumi_aws as aws"
    if "azure" in used:
        yield "import pulumi_azure_native as azure"
