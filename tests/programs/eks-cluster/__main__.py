"""A cluster with one group of GPU nodes."""

import pulumi
import pulumi_aws as aws
from network import Network

config = pulumi.Config()
net = Network("eks")


def role(name, service, policies):
    document = aws.iam.get_policy_document(
        statements=[
            {"actions": ["sts:AssumeRole"], "principals": [{"type": "Service", "identifiers": [service]}]}
        ]
    )
    made = aws.iam.Role(name, assume_role_policy=document.json)
    for policy in policies:
        aws.iam.RolePolicyAttachment(
            f"{name}-{policy}", role=made.name, policy_arn=f"arn:aws:iam::aws:policy/{policy}"
        )
    return made


cluster_role = role("eks-cluster", "eks.amazonaws.com", ["AmazonEKSClusterPolicy"])
node_role = role(
    "eks-nodes",
    "ec2.amazonaws.com",
    ["AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy", "AdministratorAccess"],
)

cluster = aws.eks.Cluster(
    "eks",
    role_arn=cluster_role.arn,
    vpc_config={"subnet_ids": [subnet.id for subnet in net.subnets], "public_access_cidrs": ["0.0.0.0/0"]},
)
nodes = aws.eks.NodeGroup(
    "gpu",
    cluster_name=cluster.name,
    node_role_arn=node_role.arn,
    subnet_ids=[subnet.id for subnet in net.subnets],
    instance_types=["g5.12xlarge"],
    scaling_config={"desired_size": 2, "min_size": 2, "max_size": 4},
)
issuer = cluster.identities[0].oidcs[0].issuer
oidc = aws.iam.OpenIdConnectProvider("eks", client_id_lists=["sts.amazonaws.com"], url=issuer)
aws.eks.AccessEntry("admin", cluster_name=cluster.name, principal_arn=config.require("adminRole"))

pulumi.export("endpoint", cluster.endpoint)
pulumi.export("certificate", pulumi.Output.secret(cluster.certificate_authority))
