"""Graphs out of documents: what `pulumi preview --json`, `pulumi stack export` and modelyard itself wrote."""

from __future__ import annotations

from modelyard_preview.documents.document import Document
from modelyard_preview.documents.reading import STANDARD_INPUT, read_document

__all__ = ["STANDARD_INPUT", "Document", "read_document"]
