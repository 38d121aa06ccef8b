"""What looks for attacks, holes and mistakes."""

from typing import Annotated, Literal

from pydantic import Field

from modelyard.account.base import Adopted, Created, LeftAlone
from modelyard.environment.base import RegionName

GuardDutyFeature = Literal[
    "s3_data_events",
    "runtime_monitoring",
    "ebs_malware_protection",
    "eks_audit_logs",
    "lambda_network_logs",
    "rds_login_events",
]
"""What GuardDuty can look at besides its foundation (GuardDuty API Reference, DetectorFeatureConfiguration,
2026-11)."""

RuntimeAgent = Literal["ec2", "ecs_fargate", "eks"]

DetectorId = Annotated[
    str,
    Field(
        pattern=r"^[0-9a-f]{32}$",
        examples=["12abc34d567e8fa901bc2d34e0123456"],
        json_schema_extra={
            "allowed": "the id of a detector: 32 hexadecimal digits",
            "mend": "copy it from `aws guardduty list-detectors --region REGION`",
        },
    ),
]

AnalyzerName = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z][A-Za-z0-9_.-]{0,254}$",
        examples=["organisation"],
        json_schema_extra={"allowed": "the name of an analyzer: a letter, then letters, digits and . _ -"},
    ),
]


class CreatedGuardDuty(Created):
    """A detector in each region. A feature that isn't named is turned off, for GuardDuty turns some on by
    itself.
    """

    features: list[GuardDutyFeature] = Field(
        default=["s3_data_events", "runtime_monitoring", "ebs_malware_protection", "eks_audit_logs"],
        max_length=6,
    )
    """What it looks at besides its foundation (calls, network flows, DNS). The audit logs of EKS are billed
    by what clusters write: without a cluster they cost nothing."""

    runtime_agents: list[RuntimeAgent] | None = Field(default=None, max_length=3)
    """Where GuardDuty installs the agents of runtime monitoring by itself. Nodes of AWS Batch are `ec2`, and
    Systems Manager must reach them. Only with `runtime_monitoring`. Unset: ec2."""

    @property
    def managed_agents(self) -> list[RuntimeAgent]:
        """Where agents are installed."""
        return ["ec2"] if self.runtime_agents is None else self.runtime_agents


class AdoptedGuardDuty(Adopted):
    """Detectors that exist, as an organisation's administrator makes them in its members."""

    detectors: dict[RegionName, DetectorId] = Field(min_length=1)
    """Id of the detector in each region."""


class CreatedSecurityHub(Created):
    """Findings in one place, and the account held against standards. It needs AWS Config."""

    standards: list[Literal["fsbp", "cis_3_0", "nist_800_53", "pci_4_0_1"]] = Field(
        default=["fsbp"], max_length=4
    )
    """Standards: AWS Foundational Security Best Practices, CIS AWS Foundations Benchmark 3.0.0,
    NIST SP 800-53 revision 5, PCI DSS 4.0.1."""


class CreatedInspector(Created):
    """Known holes in the software of machines and images."""

    scans: list[Literal["ec2", "ecr", "lambda"]] = Field(default=["ec2", "ecr"], min_length=1, max_length=3)
    """What is looked through."""


class AdoptedAnalyzer(Adopted):
    """Analyzers that exist in this account."""

    analyzers: dict[RegionName, AnalyzerName] = Field(min_length=1)
    """Name of the analyzer in each region."""


GuardDuty = Annotated[CreatedGuardDuty | AdoptedGuardDuty | LeftAlone, Field(discriminator="mode")]
SecurityHub = Annotated[CreatedSecurityHub | Adopted | LeftAlone, Field(discriminator="mode")]
Inspector = Annotated[CreatedInspector | Adopted | LeftAlone, Field(discriminator="mode")]
AccessAnalyzer = Annotated[Created | AdoptedAnalyzer | LeftAlone, Field(discriminator="mode")]

GUARD_DUTY = CreatedGuardDuty(mode="create")
SECURITY_HUB = CreatedSecurityHub(mode="create")
INSPECTOR = CreatedInspector(mode="create")
