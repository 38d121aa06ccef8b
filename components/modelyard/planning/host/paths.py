"""Where things are on a node. A container that mounts one of the first three has it at the same path."""

from __future__ import annotations

ENTRYPOINT_PATH = "/opt/modelyard/entrypoint"
"""Directory with the entrypoint, `run`: root's, and immutable."""

NOTICES_PATH = "/run/modelyard/notices"
"""Directory with notice.json. It is the directory that has to be mounted: the file is replaced as a whole."""

SCRATCH_PATH = "/scratch"
"""Fast local storage: on instance store where the type has any, else on the root volume."""

LIBRARY_PATH = "/opt/modelyard/lib"
"""Directory with the node's own programs."""

CONFIGURATION_PATH = "/etc/modelyard"
"""Directory with their configuration."""

LOG_PATH = "/var/log/modelyard"
"""Directory with their logs."""
