"""Jobs of a workspace (REST reference of Jobs, 2025-12-01: Create Or Update, Get, List, Delete, Cancel; as of
2026-11).

A job that is written again as it is stays as it is; of what says what runs nothing can be changed. Trials of
a sweep are jobs of their own, which lists leave out. Who runs jobs is told of each one that is written
(`azure.ml_running`); without it they wait.

No page says how Azure words most of these refusals; and that a job can't be deleted before it is over is the
sandbox's own rule, for what Azure does then isn't said either.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from typing_extensions import override

from modelyard_sandbox.azure.manager.errors import ArmError, bad_request, conflict
from modelyard_sandbox.azure.manager.ids import ResourceId
from modelyard_sandbox.azure.manager.kinds import Naming, Write, filled
from modelyard_sandbox.azure.manager.ml import job_shapes
from modelyard_sandbox.azure.manager.ml.common import JOB, WORKSPACE, MachineLearningKind, fixed
from modelyard_sandbox.azure.manager.ml.durations import duration
from modelyard_sandbox.azure.manager.ml.job_checks import check_common, check_timeout, check_trial
from modelyard_sandbox.azure.manager.ml.job_runs import RUN, WAITING, JobRun, run_of
from modelyard_sandbox.azure.manager.ml.search_spaces import read_space
from modelyard_sandbox.azure.manager.store import Body, Resource, Store

NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9\-_]{0,254}")
CHANGEABLE = ("tags", "properties", "isArchived", "notificationSetting", "description", "displayName")
VIEWS = ("ActiveOnly", "ArchivedOnly", "All")
PAGE = 30
DEFAULT_EXPERIMENT = "Default"
RESOURCES: Body = {"instanceCount": 1, "shmSize": "2g"}
SWEEP_LIMITS: Body = {"maxTotalTrials": 1_000, "timeout": "PT5184000S"}
SPACE = "searchSpace"
NOT_PLAYED = {"earlyTermination": "early termination of sweeps", "componentId": "jobs of components"}
"""By property."""


class _Command(MachineLearningKind):
    type = JOB
    shape = job_shapes.COMMAND


class _Sweep(MachineLearningKind):
    type = JOB
    shape = job_shapes.SWEEP


_FORMS: dict[str, MachineLearningKind] = {"command": _Command(), "sweep": _Sweep()}


class Job(MachineLearningKind):
    """A command job or a sweep."""

    type = JOB
    naming = Naming(
        NAME,
        "job",
        "it has 1 to 255 letters, digits, hyphens and underscores, and begins with a letter or a digit",
        "InvalidJobName",
    )
    shape = job_shapes.COMMAND
    parent_type = WORKSPACE
    located = False
    patched = False
    listed_in = frozenset[str]()
    page_size = PAGE

    @override
    def accept(self, id_: ResourceId, body: Any) -> Body:
        given = body.get("properties")
        properties: Body = given if isinstance(given, dict) else {}
        type_ = str(properties.get("jobType", "Command"))
        form = _FORMS.get(type_.lower())
        if form is None:
            raise _not_played(f"jobs of type {type_}", "jobType", "take Command or Sweep")
        for name, what in NOT_PLAYED.items():
            if properties.get(name) is not None:
                raise _not_played(what, name, f"leave {name} out")
        # Any object will do there, and what it may hold depends on how it is sampled.
        space = properties.get(SPACE)
        without = {name: value for name, value in properties.items() if name != SPACE}
        taken = form.accept(id_, {**body, "properties": without} if properties else body)
        if type_.lower() == "sweep":
            sampling: Body = taken["properties"]["samplingAlgorithm"]
            read_space(space, grid=sampling["samplingAlgorithmType"] == "Grid")
            taken["properties"][SPACE] = space
        elif space is not None:
            raise bad_request("BadRequest", "A command job has no searchSpace.", f"properties.{SPACE}")
        return taken

    @override
    def settle(self, write: Write) -> Body:
        properties = _filled(write)
        if write.old is not None:
            _check_same(write.old.properties, properties)
            return {"properties": properties, RUN: run_of(write.old)}
        compute = check_common(write, properties)
        limits: Body = properties.get("limits", {})
        if properties["jobType"] == "Command":
            check_trial(write, properties, properties, compute, "properties")
            check_timeout(limits.get("timeout"), compute, "properties.limits.timeout")
        else:
            check_trial(write, properties["trial"], properties, compute, "properties.trial")
            check_timeout(limits.get("trialTimeout"), compute, "properties.limits.trialTimeout")
            _check_limits(limits)
        return {"properties": properties, RUN: JobRun()}

    @override
    def check_deletion(self, store: Store, resource: Resource) -> None:
        if not run_of(resource).is_over:
            raise conflict(
                "JobNotOver",
                f"The job {resource.id.name} is {run_of(resource).status}: cancel it, and delete it once it "
                "is over.",
            )

    @override
    def is_at_rest(self, resource: Resource) -> bool:
        return run_of(resource).is_over

    @override
    def chosen(
        self, store: Store, owner: ResourceId, found: list[Resource], query: Mapping[str, str]
    ) -> list[Resource]:
        view = query.get("listViewType", "ActiveOnly")
        if view not in VIEWS:
            raise bad_request(
                "InvalidQueryParameterValue",
                f"The value '{view}' of the query parameter 'listViewType' is invalid: it must be one of "
                f"{', '.join(VIEWS)}.",
            )
        wanted = {"ActiveOnly": (False,), "ArchivedOnly": (True,)}.get(view, (False, True))
        type_, tag = query.get("jobType", "").lower(), query.get("tag", "")
        return [
            job
            for job in found
            if not run_of(job).parent
            and job.properties["isArchived"] in wanted
            and (not type_ or job.properties["jobType"].lower() == type_)
            and (not tag or _has_tag(job.properties["tags"], tag))
        ]

    @override
    def answer(self, store: Store, resource: Resource) -> Body:
        shown = super().answer(store, resource)
        run: JobRun = shown.pop(RUN)
        properties = {**resource.properties, "status": run.status}
        if run.parent:
            properties["parentJobName"] = run.parent
        return {**shown, "properties": properties}


def cancel(store: Store, id_: ResourceId, body: Body) -> tuple[int, Body | None]:
    """Ask a job to end: one that is over stays as it is, one that hasn't begun ends at once."""
    del body
    job = store.get(id_)
    if job is None:
        raise Job().missing(id_)
    run = run_of(job)
    if run.is_over:
        return 200, None
    run.cancel_asked = True
    if run.status in WAITING and job.properties["jobType"] == "Command":
        run.end("Canceled", store.now())
        return 200, None
    run.status = "CancelRequested"
    return 202, None


def _filled(write: Write) -> Body:
    properties = filled(
        write.properties,
        {
            "displayName": write.id.name,
            "experimentName": DEFAULT_EXPERIMENT,
            "isArchived": False,
            "jobType": "Command",
            "properties": {},
            "services": {},
            "tags": {},
        },
    )
    trial: Body = properties["trial"] if properties["jobType"] == "Sweep" else properties
    trial["resources"] = {**RESOURCES, **trial.get("resources", {})}
    if "distribution" in trial:
        trial["distribution"] = {"processCountPerInstance": 1, **trial["distribution"]}
    if properties["jobType"] == "Sweep":
        limits: Body = {"jobLimitsType": "Sweep", **SWEEP_LIMITS, **properties.get("limits", {})}
        properties["limits"] = {"maxConcurrentTrials": limits["maxTotalTrials"], **limits}
    for name, data in properties.get("outputs", {}).items():
        data.setdefault("mode", "ReadWriteMount")
        data.setdefault(
            "uri", f"azureml://datastores/workspaceblobstore/paths/azureml/{write.id.name}/{name}/"
        )
    for data in properties.get("inputs", {}).values():
        if data["jobInputType"] != "literal":
            data.setdefault("mode", "ReadOnlyMount")
    return properties


def _check_same(old: Body, new: Body) -> None:
    for name in sorted(old.keys() | new.keys()):
        if name not in CHANGEABLE and old.get(name) != new.get(name):
            raise fixed(f"The property {name} of a job", f"properties.{name}")


def _check_limits(limits: Body) -> None:
    if duration(limits["timeout"]) is None:
        raise bad_request(
            "InvalidPropertyValue",
            f"The specified value {limits['timeout']} for property properties.limits.timeout is not a "
            "duration, as PT48H.",
            "properties.limits.timeout",
        )
    most, at_once = limits["maxTotalTrials"], limits["maxConcurrentTrials"]
    if at_once > most:
        raise bad_request(
            "InvalidPropertyValue",
            f"The specified value {at_once} for property properties.limits.maxConcurrentTrials is more than "
            f"maxTotalTrials, {most}.",
            "properties.limits.maxConcurrentTrials",
        )


def _has_tag(tags: Body, asked: str) -> bool:
    name, given, value = asked.partition("=")
    return name in tags and (not given or tags[name] == value)


def _not_played(what: str, name: str, mend: str) -> ArmError:
    return bad_request("BadRequest", f"The sandbox doesn't play {what}: {mend}.", f"properties.{name}")
