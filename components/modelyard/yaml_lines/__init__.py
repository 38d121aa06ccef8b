"""YAML that knows its lines: plain data, and for every place in it the line where it was written.

Read as Pulumi's own parser reads a stack's file: `yes`, `no` and `12:30` are text. What that parser takes
for another value than YAML 1.2 says (`010`, `1_000`, dates) is refused. Nothing but plain data is ever made.
Whatever can't be read is one InputError with the file and the line.
"""

from modelyard.yaml_lines.document import FieldPath, YamlDocument, field_path, field_text
from modelyard.yaml_lines.reading import parse_yaml, read_yaml, shown_path

__all__ = ["FieldPath", "YamlDocument", "field_path", "field_text", "parse_yaml", "read_yaml", "shown_path"]
