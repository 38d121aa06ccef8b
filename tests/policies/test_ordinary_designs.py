"""Designs that a security engineer would pass are left alone by every rule."""

import pytest

from modelyard_policies.aws import types as aws
from modelyard_policies.azure import types as azure
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.registry import all_rules

TAGS = {
    "environment": "prod",
    "owner": "web",
    "cost-center": "7",
    "stage": "production",
    "data-classification": "confidential",
}
GROUP = "/subscriptions/0000/resourceGroups/main/providers"
NETWORK = f"{GROUP}/Microsoft.Network"
SHUT = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
READ_BY_THE_DISTRIBUTION = {
    "Effect": "Allow",
    "Principal": {"Service": "cloudfront.amazonaws.com"},
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::site/*",
    "Condition": {
        "StringEquals": {"AWS:SourceArn": "arn:aws:cloudfront::111122223333:distribution/E1"},
    },
}
BY_TLS_ONLY = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": ["arn:aws:s3:::site", "arn:aws:s3:::site/*"],
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}


def bucket(name, algorithm, *statements):
    """A bucket with all that it needs; of a key, where it is to have one."""
    default = {"sseAlgorithm": algorithm, "kmsMasterKeyId": UNKNOWN if algorithm == "aws:kms" else None}
    encryption = {"applyServerSideEncryptionByDefault": default, "bucketKeyEnabled": algorithm == "aws:kms"}
    lifecycle = {"status": "Enabled", "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7}}
    policy = {"Statement": [*statements, BY_TLS_ONLY]}
    of = {"bucket": name}
    return {
        name: (aws.BUCKET, {**of, "tags": TAGS}),
        f"{name}-shut": (aws.BUCKET_PUBLIC_ACCESS_BLOCK, {**of, **dict.fromkeys(SHUT, True)}),
        f"{name}-versions": (
            aws.BUCKET_VERSIONING,
            {**of, "versioningConfiguration": {"status": "Enabled"}},
        ),
        f"{name}-encryption": (aws.BUCKET_ENCRYPTION, {**of, "rules": [encryption]}, {"rules": ["key"]}),
        f"{name}-lifecycle": (aws.BUCKET_LIFECYCLE, {**of, "rules": [lifecycle]}),
        f"{name}-policy": (aws.BUCKET_POLICY, {**of, "policy": policy}),
    }


KEY = {"key": (aws.KMS_KEY, {"enableKeyRotation": True, "tags": TAGS}, {}, {"protect": True})}
LOGS = {
    **bucket("logs", "AES256"),
    "logging": (aws.BUCKET_LOGGING, {"bucket": "site", "targetBucket": "logs"}),
}

STATIC_SITE = {
    **KEY,
    **LOGS,
    **bucket("site", "aws:kms", READ_BY_THE_DISTRIBUTION),
    "cdn": ("aws:cloudfront/distribution:Distribution", {"tags": TAGS}),
}
"""A site behind CloudFront, which alone may read the bucket."""

WEB_LOGS = {
    **KEY,
    **bucket("balanced", "AES256"),
    "balanced-logging": (aws.BUCKET_LOGGING, {"bucket": "balanced", "targetBucket": "elsewhere"}),
    "balancer": (
        aws.LOAD_BALANCERS[0],
        {"accessLogs": {"bucket": "balanced", "enabled": True}, "internal": False, "tags": TAGS},
    ),
}
"""A load balancer, whose logs can't be under a key of one's own."""


def subnet(name, **properties):
    return (azure.SUBNET, {"virtualNetworkName": "spoke", "subnetName": name, **properties})


HUB_AND_SPOKE = {
    "hub": (
        azure.VIRTUAL_NETWORK,
        {
            "virtualNetworkName": "hub",
            "tags": TAGS,
            "subnets": [
                {"name": name}
                for name in (
                    "AzureFirewallSubnet",
                    "AzureFirewallManagementSubnet",
                    "AzureBastionSubnet",
                    "GatewaySubnet",
                    "RouteServerSubnet",
                )
            ],
        },
    ),
    "spoke": (azure.VIRTUAL_NETWORK, {"virtualNetworkName": "spoke", "tags": TAGS}),
    "routes": (
        azure.ROUTE_TABLE,
        {
            "routeTableName": "by-the-firewall",
            "tags": TAGS,
            "routes": [{"addressPrefix": "0.0.0.0/0", "nextHopType": "VirtualAppliance"}],
        },
    ),
    "rules": (
        azure.NETWORK_SECURITY_GROUP,
        {
            "networkSecurityGroupName": "web",
            "tags": TAGS,
            "securityRules": [
                {
                    "direction": "Inbound",
                    "access": "Allow",
                    "protocol": protocol,
                    "priority": priority,
                    "sourceAddressPrefix": source,
                    "destinationPortRange": ports,
                }
                for priority, (source, protocol, ports) in enumerate(
                    (
                        ("Internet", "Tcp", "443"),
                        ("GatewayManager", "Tcp", "65200-65535"),
                        ("AzureLoadBalancer", "*", "*"),
                        ("203.0.113.0/24", "Tcp", "22"),
                        ("*", "Icmp", "*"),
                    ),
                    start=100,
                )
            ],
        },
    ),
    "web": subnet(
        "web",
        routeTable={"id": f"{NETWORK}/routeTables/by-the-firewall"},
        networkSecurityGroup={"id": f"{NETWORK}/networkSecurityGroups/web"},
    ),
    "batch": subnet(
        "batch",
        natGateway={"id": f"{NETWORK}/natGateways/out"},
        networkSecurityGroup={"id": f"{NETWORK}/networkSecurityGroups/web"},
    ),
    **{
        f"{name}-log": (
            azure.FLOW_LOG,
            {
                "targetResourceId": f"{NETWORK}/virtualNetworks/{name}",
                "enabled": True,
                "retentionPolicy": {"enabled": True, "days": 90},
                "tags": TAGS,
            },
        )
        for name in ("hub", "spoke")
    },
}
"""A hub with a firewall, Bastion and a gateway, and a spoke that leaves by the firewall or by NAT."""

PRIVATE_CLUSTER = {
    "jobs": (
        azure.MANAGED_CLUSTER,
        {
            "resourceName": "jobs",
            "aadProfile": {"managed": True},
            "disableLocalAccounts": True,
            "apiServerAccessProfile": {"enablePrivateCluster": True, "privateDNSZone": "system"},
            "diskEncryptionSetID": f"{GROUP}/Microsoft.Compute/diskEncryptionSets/disks",
            "agentPoolProfiles": [
                {"name": "system", "count": 3, "vmSize": "Standard_D4ds_v5", "enableEncryptionAtHost": True}
            ],
            "tags": TAGS,
        },
    ),
    "audit": (
        azure.DIAGNOSTIC_SETTING,
        {
            "resourceUri": f"{GROUP}/Microsoft.ContainerService/managedClusters/jobs",
            "workspaceId": UNKNOWN,
            "logs": [{"category": "kube-audit-admin", "enabled": True}],
        },
    ),
}
"""A cluster of AKS that is reached by a private link."""

FLEXIBLE_SCALE_SET = {
    "web": (
        azure.VIRTUAL_MACHINE_SCALE_SET,
        {
            "orchestrationMode": "Flexible",
            "platformFaultDomainCount": 1,
            "singlePlacementGroup": False,
            "sku": {"name": "Standard_D4ds_v5", "capacity": 2},
            "tags": TAGS,
            "virtualMachineProfile": {
                "securityProfile": {
                    "encryptionAtHost": True,
                    "securityType": "TrustedLaunch",
                    "uefiSettings": {"secureBootEnabled": True, "vTpmEnabled": True},
                },
                "osProfile": {"linuxConfiguration": {"disablePasswordAuthentication": True}},
                "storageProfile": {
                    "osDisk": {"createOption": "FromImage", "diffDiskSettings": {"option": "Local"}}
                },
                "networkProfile": {
                    "networkInterfaceConfigurations": [
                        {"name": "main", "ipConfigurations": [{"name": "main", "subnet": {"id": UNKNOWN}}]}
                    ]
                },
            },
        },
    ),
    "empty": (
        azure.VIRTUAL_MACHINE_SCALE_SET,
        {"orchestrationMode": "Flexible", "platformFaultDomainCount": 1, "tags": TAGS},
    ),
}
"""Machines that any size may join, with a disk that goes with them."""

WEB_SHOP = {
    "plan": ("azure-native:web:AppServicePlan", {"name": "shop", "tags": TAGS}),
    "app": (
        "azure-native:web:WebApp",
        {"name": "shop", "httpsOnly": True, "siteConfig": {"minTlsVersion": "1.2"}, "tags": TAGS},
    ),
    "sql": (
        "azure-native:sql:Server",
        {"serverName": "shop", "publicNetworkAccess": "Disabled", "tags": TAGS},
    ),
    "orders": ("azure-native:sql:Database", {"serverName": "shop", "databaseName": "orders", "tags": TAGS}),
    "site": (
        azure.STORAGE_ACCOUNT,
        {
            "accountName": "shopsite",
            "kind": "StorageV2",
            "sku": {"name": "Standard_ZRS"},
            "allowSharedKeyAccess": False,
            "minimumTlsVersion": "TLS1_2",
            "tags": {**TAGS, "data-classification": "public"},
        },
    ),
    "pages": (azure.STORAGE_STATIC_WEBSITE, {"accountName": "shopsite", "indexDocument": "index.html"}),
    "versions": (
        azure.BLOB_SERVICE_PROPERTIES,
        {
            "accountName": "shopsite",
            "isVersioningEnabled": True,
            "deleteRetentionPolicy": {"enabled": True, "days": 14},
            "containerDeleteRetentionPolicy": {"enabled": True, "days": 14},
        },
    ),
    "vault": (
        azure.KEY_VAULT,
        {
            "vaultName": "shop",
            "tags": TAGS,
            "properties": {
                "enableRbacAuthorization": True,
                "enablePurgeProtection": True,
                "publicNetworkAccess": "Disabled",
            },
        },
    ),
    "audit": (
        azure.DIAGNOSTIC_SETTING,
        {
            "resourceUri": f"{GROUP}/Microsoft.KeyVault/vaults/shop",
            "workspaceId": UNKNOWN,
            "logs": [{"categoryGroup": "audit", "enabled": True}],
        },
    ),
    "logs": (azure.LOG_WORKSPACE, {"workspaceName": "shop", "retentionInDays": 365, "tags": TAGS}),
    "insights": ("azure-native:applicationinsights:Component", {"resourceName": "shop", "tags": TAGS}),
    "gateway": (
        "azure-native:network:ApplicationGateway",
        {"frontendIPConfigurations": [{"publicIPAddress": {"id": UNKNOWN}}], "tags": TAGS},
    ),
    "app-subnet": subnet(
        "app",
        delegations=[{"serviceName": "Microsoft.Web/serverFarms"}],
        networkSecurityGroup={"id": UNKNOWN},
    ),
    "on-call": (
        azure.ACTION_GROUP,
        {"enabled": True, "emailReceivers": [{"emailAddress": "shop@example.com"}], "tags": TAGS},
    ),
    "errors": (
        azure.METRIC_ALERT,
        {"enabled": True, "actions": [{"actionGroupId": UNKNOWN}], "tags": TAGS},
    ),
    "firewall": (azure.FIREWALL, {"firewallPolicy": {"id": UNKNOWN}, "tags": TAGS}),
    "egress": (azure.FIREWALL_POLICY, {"threatIntelMode": "Deny", "tags": TAGS}),
    "payments-and-time": (
        azure.FIREWALL_RULE_COLLECTION_GROUP,
        {
            "ruleCollections": [
                {
                    "action": {"type": "Allow"},
                    "rules": [
                        {"targetFqdns": ["*.payments.example.com"]},
                        {
                            "destinationAddresses": ["*"],
                            "destinationPorts": ["123"],
                            "ipProtocols": ["UDP"],
                        },
                    ],
                }
            ]
        },
    ),
}
"""App Service with a database, a public site of pages, a gateway, and a firewall for what it calls."""


@pytest.mark.parametrize(
    "design",
    [STATIC_SITE, WEB_LOGS, HUB_AND_SPOKE, PRIVATE_CLUSTER, FLEXIBLE_SCALE_SET, WEB_SHOP],
    ids=[
        *("static site", "logs of a load balancer", "hub and spoke", "private AKS", "flexible scale set"),
        "web shop on Azure",
    ],
)
def test_an_ordinary_design_that_is_secure_fails_nothing(design, build):
    report = evaluate(build(design), all_rules())
    assert [(each.code, each.urn.rpartition("::")[2], each.message) for each in report.findings] == []
    assert "pass" in {verdict.value for verdict in report.verdicts.values()}
