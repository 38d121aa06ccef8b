"""What a node's launch template puts on the host: the plan of it, its paths, its user data."""

from modelyard.planning.host.paths import ENTRYPOINT_PATH, NOTICES_PATH, SCRATCH_PATH
from modelyard.planning.host.plan import HostPlan
from modelyard.planning.host.user_data import entrypoint_files, user_data, user_data_text

__all__ = [
    "ENTRYPOINT_PATH",
    "NOTICES_PATH",
    "SCRATCH_PATH",
    "HostPlan",
    "entrypoint_files",
    "user_data",
    "user_data_text",
]
