"""Supervisors of jobs: in either region they submit to the other as well."""

from __future__ import annotations

from modelyard.aws.center.region import Region
from modelyard.aws.center.setting import Setting
from modelyard.aws.cluster_roles import attach


def supervise_across(setting: Setting, primary: Region, recovery: Region) -> None:
    """Give the supervisor of each region what who submits jobs has in the other: it moves runs there."""
    for home, other in ((primary, recovery), (recovery, primary)):
        role = home.cluster.roles.supervisor_role
        if role is not None:
            name = f"{setting.child_name(home.site, 'supervisor')}-{other.site.region}"
            attach(name, role, other.cluster.roles.submitter_policies, setting.parent)
