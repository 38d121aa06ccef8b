"""SARIF 2.1.0, the form in which code scanning takes findings."""

from __future__ import annotations

from modelyard_policies.reports.sarif.log import log, text

__all__ = ["log", "text"]
