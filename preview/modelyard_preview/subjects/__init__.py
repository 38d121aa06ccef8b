"""What is previewed and judged, wherever it comes from: an environment, any program, a file of Pulumi's.

The loaders are imported by themselves, since each needs other parts: `environment.from_environment`,
`program.from_program`, `file.from_file`.
"""

from __future__ import annotations

from modelyard_preview.subjects.notes import DataSourceNote, Notes, Said
from modelyard_preview.subjects.subject import Kind, Subject

__all__ = ["DataSourceNote", "Kind", "Notes", "Said", "Subject"]
