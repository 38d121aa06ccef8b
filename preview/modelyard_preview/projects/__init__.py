"""Pulumi projects that aren't modelyard's own: what their Pulumi.yaml and their stacks' files say."""

from __future__ import annotations

from modelyard_preview.projects.project import Project, read_project
from modelyard_preview.projects.settings import StackSettings, read_settings
from modelyard_preview.projects.stacks import Stack, choose_stack

__all__ = ["Project", "Stack", "StackSettings", "choose_stack", "read_project", "read_settings"]
