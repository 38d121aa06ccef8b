"""Files by which a team settles how it is judged, read with their lines.

Plain YAML only: mappings with text as names, lists, text, numbers, true and false. What these files don't
need (anchors, tags, merges, several documents) is refused, so that what is read is what a reviewer saw.
"""

from __future__ import annotations

from modelyard_policies.settings.fields import Fields
from modelyard_policies.settings.lines import Document, Source, read

__all__ = ["Document", "Fields", "Source", "read"]
