"""IAM Access Analyzer."""

from .models import accessanalyzer_backends as accessanalyzer_backends
