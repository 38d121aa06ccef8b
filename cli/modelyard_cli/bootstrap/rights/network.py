"""Rights on networks, and on how nodes are launched: EC2 knows no names, so tags bound what is changed."""

from __future__ import annotations

from modelyard_cli.bootstrap.rights.scope import Grant, Scope

TYPES = (
    "ec2.DefaultSecurityGroup",
    "ec2.Eip",
    "ec2.FlowLog",
    "ec2.InternetGateway",
    "ec2.LaunchTemplate",
    "ec2.NatGateway",
    "ec2.PlacementGroup",
    "ec2.Route",
    "ec2.RouteTable",
    "ec2.RouteTableAssociation",
    "ec2.SecurityGroup",
    "ec2.Subnet",
    "ec2.Vpc",
    "ec2.VpcEndpoint",
    "vpc.SecurityGroupEgressRule",
    "vpc.SecurityGroupIngressRule",
)


def grants(scope: Scope) -> list[Grant]:
    """The grants of EC2."""
    mine = scope.all_of("ec2", "*")
    return [
        Grant("SeeEc2", TYPES, ["ec2:Describe*"], conditions=scope.here),
        Grant(
            "MakeNetworks",
            TYPES,
            [
                "ec2:AllocateAddress",
                "ec2:CreateFlowLogs",
                "ec2:CreateInternetGateway",
                "ec2:CreateLaunchTemplate",
                "ec2:CreateNatGateway",
                "ec2:CreatePlacementGroup",
                "ec2:CreateRouteTable",
                "ec2:CreateSecurityGroup",
                "ec2:CreateSubnet",
                "ec2:CreateVpc",
                "ec2:CreateVpcEndpoint",
            ],
            mine,
        ),
        Grant(
            "TagWhatIsMade",
            TYPES,
            ["ec2:CreateTags", "ec2:DeleteTags"],
            mine,
            scope.tagged_if_at_all,
        ),
        Grant(
            # Default groups, rules and interfaces of gateways come without tags.
            "ChangeRulesAndAddresses",
            (
                "ec2.DefaultSecurityGroup",
                "ec2.Eip",
                "ec2.SecurityGroup",
                "vpc.SecurityGroupEgressRule",
                "vpc.SecurityGroupIngressRule",
            ),
            [
                "ec2:AssociateAddress",
                "ec2:AuthorizeSecurityGroupEgress",
                "ec2:AuthorizeSecurityGroupIngress",
                "ec2:DisassociateAddress",
                "ec2:ModifySecurityGroupRules",
                "ec2:RevokeSecurityGroupEgress",
                "ec2:RevokeSecurityGroupIngress",
                "ec2:UpdateSecurityGroupRuleDescriptionsEgress",
                "ec2:UpdateSecurityGroupRuleDescriptionsIngress",
            ],
            mine,
            scope.tagged_if_at_all,
        ),
        Grant(
            "ChangeAndDeleteOwnNetworks",
            TYPES,
            [
                "ec2:AssociateRouteTable",
                "ec2:AttachInternetGateway",
                "ec2:CreateLaunchTemplateVersion",
                "ec2:CreateRoute",
                "ec2:DeleteFlowLogs",
                "ec2:DeleteInternetGateway",
                "ec2:DeleteLaunchTemplate",
                "ec2:DeleteLaunchTemplateVersions",
                "ec2:DeleteNatGateway",
                "ec2:DeletePlacementGroup",
                "ec2:DeleteRoute",
                "ec2:DeleteRouteTable",
                "ec2:DeleteSecurityGroup",
                "ec2:DeleteSubnet",
                "ec2:DeleteVpc",
                "ec2:DeleteVpcEndpoints",
                "ec2:DetachInternetGateway",
                "ec2:DisassociateRouteTable",
                "ec2:ModifyLaunchTemplate",
                "ec2:ModifySubnetAttribute",
                "ec2:ModifyVpcAttribute",
                "ec2:ModifyVpcEndpoint",
                "ec2:ReleaseAddress",
                "ec2:ReplaceRoute",
                "ec2:ReplaceRouteTableAssociation",
            ],
            mine,
            scope.tagged,
        ),
    ]
