"""Environments on Azure with one mistake each, and the whole message that each gets.

The tables are in the modules beside this one: `..._fields` is what one field shows to be wrong, the others
what only the rules of environment/azure/checks see.
"""

from __future__ import annotations

from dataclasses import dataclass

STACK = """\
config:
  modelyard:environment:
    cloud: azure
    name: dev
    stage: development
    owner: ml-platform
    cost_center: cc-1001
    data_classification: internal
    residency: us
    subscription_id: 9b7e4d20-3c61-4f8a-a5d2-60e1c9f7b834
    tenant_id: 6f2a9c17-0b5d-4c38-8e7a-914d3b6c5f20
    regions:
      primary: eastus
      recovery: westus
    network:
      cidr: 10.64.0.0/20
      egress: firewall
      allowed_domains: [api.wandb.ai]
    encryption:
      rotation_days: 180
    storage:
      datasets:
        kind: blob
        backed_up: true
      checkpoints:
        kind: blob
        expire_after_days: 90
    compute:
      - name: h100
        instance_type: Standard_ND96isr_H100_v5
        max_nodes: 4
        max_nodes_per_job: 4
        capacity:
          mode: on_demand
      - name: t4
        instance_type: Standard_NC4as_T4_v3
        max_nodes: 8
        capacity:
          mode: spot
    quotas:
      - family: standardNDSH100v5Family
        vcpus: 384
        recovery_vcpus: 384
    workspace:
      registry_retention_days: 60
    jobs:
      submitters:
        - principal_id: 8f0c2d4e-5b6a-4c3d-9e1f-0a1b2c3d4e5f
          kind: group
    recovery:
      network:
        cidr: 10.80.0.0/20
    backup:
      rpo_hours: 36
      every_hours: 24
      geo_redundant: true
      assumed_backup_hours: 6
    training:
      checkpoint_every_minutes: 30
      checkpoint_upload_minutes: 10
      rpo_minutes: 60
    monitoring:
      alarm_emails: [ml-on-call@example.com]
    budget:
      monthly_usd: 2000
      start_month: "2026-12"
      alert_emails: [ml-platform@example.com]
"""
"""The stack's file, without a mistake. Its place in a project is that of malformed_environments."""


@dataclass(frozen=True)
class MalformedAzure:
    """One mistake."""

    name: str
    edits: tuple[tuple[str, str], ...]
    """What is replaced in the stack's file, and what by; each stands there once."""
    said: str
    """Everything that is said of it, ended by a new line: file, line, field, given, allowed, mend."""
    rule: str | None = None
    """The rule that finds it; None for what a field shows by itself."""

    @property
    def text(self) -> str:
        """The stack's file with the mistake."""
        text = STACK
        for old, new in self.edits:
            assert text.count(old) == 1, (self.name, old)
            text = text.replace(old, new)
        return text
