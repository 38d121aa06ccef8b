"""What answers requests to Access Analyzer; its operations are added by the extension."""

from __future__ import annotations

from moto.core.responses import BaseResponse

from .models import AccessAnalyzerBackend, accessanalyzer_backends


class AccessAnalyzerResponse(BaseResponse):
    """Requests to Access Analyzer."""

    def __init__(self) -> None:
        super().__init__(service_name="accessanalyzer")

    @property
    def accessanalyzer_backend(self) -> AccessAnalyzerBackend:
        """Where what is asked for is kept."""
        return accessanalyzer_backends[self.current_account][self.region]
