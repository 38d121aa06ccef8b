"""All traffic of a VPC is recorded."""

from __future__ import annotations

from collections.abc import Iterator

from modelyard_policies.aws.types import DEFAULT_VPC, FLOW_LOG, VPC
from modelyard_policies.reading import Failure, GraphView, Resource, some
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="vpc-flow-logs",
    code="NW6",
    title="VPCs record all traffic in flow logs",
    severity=Severity.MEDIUM,
    resources=(VPC, DEFAULT_VPC),
    reads=(FLOW_LOG,),
    why="Without a record of accepted and refused traffic nobody can tell where data went.",
    mend='Give the VPC a FlowLog with trafficType "ALL".',
    maps_to={"checkov": ["CKV2_AWS_11"], "security_hub": ["EC2.6"], "cis_aws": ["3.7"]},
    snippet="""\
aws.ec2.FlowLog(
    "traffic", vpc_id=vpc.id, traffic_type="ALL", log_destination=log_group.arn, iam_role_arn=role.arn
)
""",
)


@RULE.check
def all_traffic_is_recorded(vpc: Resource, graph: GraphView) -> Iterator[Failure]:
    """One log of all traffic is enough, whatever others record."""
    logs = graph.linked(vpc, FLOW_LOG, "vpcId")
    if some(logs, lambda log: log.text("trafficType") == "ALL"):
        return
    if logs:
        yield logs[0].failure("trafficType", f"is {logs[0].shown('trafficType')}, not ALL")
    else:
        yield vpc.failure("", "no FlowLog records this VPC")
