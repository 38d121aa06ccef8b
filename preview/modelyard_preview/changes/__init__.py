"""What a change does to what is there: resources made, changed, replaced and deleted, and running jobs."""

from modelyard_preview.changes.diff import Change, Changes, Kind, compare
from modelyard_preview.changes.effects import Effect

__all__ = ["Change", "Changes", "Effect", "Kind", "compare"]
