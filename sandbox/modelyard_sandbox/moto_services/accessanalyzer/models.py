"""Where an account's analyzers are kept, by region."""

from __future__ import annotations

from moto.core.base_backend import BackendDict, BaseBackend


class AccessAnalyzerBackend(BaseBackend):
    """Access Analyzer of an account in a region."""


accessanalyzer_backends = BackendDict(AccessAnalyzerBackend, "accessanalyzer")
