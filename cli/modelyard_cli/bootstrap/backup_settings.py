"""What AWS Backup may back up in a region: it passes over what isn't opted in, without an error."""

from __future__ import annotations

from functools import partial

from modelyard_cli.account.session import CheckedSession
from modelyard_cli.bootstrap.parts import Difference

OPTED_IN = ("S3", "EFS", "FSx")
"""What modelyard's stores are: buckets, and file systems of two kinds."""

MANAGED = ("EFS",)
"""Where AWS Backup manages backups wholly, if the region lets one choose: the "advanced features", as
encryption with the vault's key (AWS Backup API Reference, UpdateRegionSettings, 2026-11)."""

PREFERENCES = {
    "ResourceTypeOptInPreference": (OPTED_IN, "backed up at all"),
    "ResourceTypeManagementPreference": (MANAGED, "managed wholly by AWS Backup"),
}


class BackupOptIns:
    """The opt-ins of one region. They are the region's own, for all that is in it: none is taken away."""

    def __init__(self, session: CheckedSession, region: str) -> None:
        self.region = region
        self.subject = "AWS Backup's opt-ins"
        self.why = "plans pass over resources of types that aren't opted in"
        self._backup = session.client("backup", region)

    def differences(self) -> list[Difference]:
        """What isn't as it should be."""
        settings = self._backup.describe_region_settings()
        differences: list[Difference] = []
        for member, (types, meaning) in PREFERENCES.items():
            now = settings.get(member, {})
            # What the region doesn't list can't be chosen there.
            off = [each for each in types if now.get(each) is False]
            if off:
                mend = partial(self._backup.update_region_settings, **{member: dict.fromkeys(off, True)})
                differences.append(Difference(", ".join(off), "off", meaning, mend))
        return differences
