"""What a training process raises on purpose. Each error carries the exit code that its process ends with.

TrainingError           1  training itself failed
├── ContractError       2  a variable of the job contract is missing or malformed
├── SettingsError       2  options that can't be used, or that don't fit the run that is resumed
├── DatasetError        2  a dataset that isn't what its manifest says
├── StoreError          3  a store that can't be reached or refuses
│   ├── MissingObjectError
│   └── ExistingObjectError
└── RendezvousError     3  the processes of the job didn't find each other
"""

from __future__ import annotations


class TrainingError(Exception):
    """Base of all that a training process raises on purpose."""

    exit_code = 1


class ContractError(TrainingError):
    """Variables of the job contract that are missing or malformed; the message names each."""

    exit_code = 2


class SettingsError(TrainingError):
    """Options that can't be used here, or that differ from those that the resumed run was started with."""

    exit_code = 2


class DatasetError(TrainingError):
    """A dataset that is not there, or is not what its manifest says."""

    exit_code = 2


class StoreError(TrainingError):
    """A store that can't be reached, or refuses; the message names the store, the key and the cause."""

    exit_code = 3


class MissingObjectError(StoreError):
    """There is no object at this key."""


class ExistingObjectError(StoreError):
    """There is an object at this key already, and the caller asked not to replace it."""


class RendezvousError(TrainingError):
    """The processes of the job didn't find each other, or found something else than the job asked for."""

    exit_code = 3
