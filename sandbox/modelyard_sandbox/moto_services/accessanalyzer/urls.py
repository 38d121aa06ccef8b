"""Where requests to Access Analyzer go."""

from __future__ import annotations

from .responses import AccessAnalyzerResponse

url_bases = [r"https?://access-analyzer\.(.+)\.amazonaws\.com"]

url_paths = {
    "{0}/analyzer/?$": AccessAnalyzerResponse.dispatch,
    "{0}/analyzer/(?P<analyzer_name>[^/]+)$": AccessAnalyzerResponse.dispatch,
    "{0}/tags/(?P<resource_arn>.+)$": AccessAnalyzerResponse.dispatch,
}
