"""The job: what to run, on how many nodes of what kind, what to do if it fails. Names are SkyPilot's."""

from modelyard_launcher.job.fields import RESERVED_VARIABLES
from modelyard_launcher.job.images import ImageReference, image_reference
from modelyard_launcher.job.notify import Notify
from modelyard_launcher.job.preflight import Preflight
from modelyard_launcher.job.resources import Resources
from modelyard_launcher.job.retry import Retry
from modelyard_launcher.job.secrets import (
    HIDDEN,
    reference_in,
    shown_envs,
    shown_webhook,
    speaks_of_a_secret,
)
from modelyard_launcher.job.spec import LARGEST_COMMAND_BYTES, Job
from modelyard_launcher.job.sweep import Draw, Sweep

PARTS = (Resources, Retry, Sweep, Draw, Preflight, Notify)
"""The models of which a job is made, besides itself."""

__all__ = [
    "HIDDEN",
    "LARGEST_COMMAND_BYTES",
    "PARTS",
    "RESERVED_VARIABLES",
    "Draw",
    "ImageReference",
    "Job",
    "Notify",
    "Preflight",
    "Resources",
    "Retry",
    "Sweep",
    "image_reference",
    "reference_in",
    "shown_envs",
    "shown_webhook",
    "speaks_of_a_secret",
]
