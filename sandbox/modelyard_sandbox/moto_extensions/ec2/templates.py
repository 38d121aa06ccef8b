"""EC2 launch templates: names, ids and versions that moto takes without a look.

Source: EC2 API reference, CreateLaunchTemplate, CreateLaunchTemplateVersion, ModifyLaunchTemplate,
DeleteLaunchTemplate, DescribeLaunchTemplates, DescribeLaunchTemplateVersions and error codes, 2026-11.
"""

from __future__ import annotations

import re
from typing import Any

from moto.ec2.exceptions import InvalidLaunchTemplateVersionNotFound
from moto.ec2.responses import EC2Response

from modelyard_sandbox.moto_extensions.ec2.checks import refuse
from modelyard_sandbox.moto_extensions.operations import before

NAME = re.compile(r"[a-zA-Z0-9().\-/_]{3,128}")
ID = re.compile(r"lt-[0-9a-f]{8}([0-9a-f]{9})?")
SPECIAL_VERSIONS = ("$latest", "$default")


def install() -> None:
    """Put the checks before moto's operations."""
    before(EC2Response, "create_launch_template", _create)
    before(EC2Response, "create_launch_template_version", _create_version)
    before(EC2Response, "modify_launch_template", _named_template)
    before(EC2Response, "delete_launch_template", _named_template)
    before(EC2Response, "describe_launch_templates", _describe)
    before(EC2Response, "describe_launch_template_versions", _describe_versions)


def check_template(backend: Any, named: dict[str, Any]) -> None:
    """Refuse a launch from a template or a version that isn't there."""
    id_, name = named.get("LaunchTemplateId"), named.get("LaunchTemplateName")
    if id_:
        check_id(backend, id_)
    elif name and name not in backend.launch_template_name_to_ids:
        refuse(
            "InvalidLaunchTemplateName.NotFoundException",
            f"The specified launch template, with template name {name}, does not exist.",
        )
    template = backend.launch_templates[id_ or backend.launch_template_name_to_ids[name]]
    if named.get("Version"):
        _check_version(template, named["Version"])


def check_id(backend: Any, id_: str) -> None:
    """Refuse the id of a template that isn't there."""
    if not ID.fullmatch(id_):
        refuse("InvalidLaunchTemplateId.Malformed", f'Invalid id: "{id_}" (expecting "lt-...")')
    if id_ not in backend.launch_templates:
        refuse(
            "InvalidLaunchTemplateId.NotFound",
            f"The specified launch template, with template ID {id_}, does not exist.",
        )


def _create(self: Any) -> None:
    name = self._get_param("LaunchTemplateName") or ""
    if not NAME.fullmatch(name):
        refuse(
            "InvalidLaunchTemplateName.MalformedException",
            f"The launch template name '{name}' must have 3 to 128 letters, digits or characters of ().-/_",
        )


def _named_template(self: Any) -> None:
    id_, name = self._get_param("LaunchTemplateId"), self._get_param("LaunchTemplateName")
    if id_ and name:
        refuse("InvalidParameterCombination", "Give the launch template's ID or its name, not both.")
    if id_:
        check_id(self.ec2_backend, id_)


def _create_version(self: Any) -> None:
    _named_template(self)
    source = self._get_param("SourceVersion")
    if source is None:
        return
    template = _template(self)
    _check_version(template, source)
    # The new version has what the source has and the request doesn't say; moto leaves it out.
    data = {**template.get_version(source).data, **(self._get_param("LaunchTemplateData") or {})}
    self.params["LaunchTemplateData"] = data


def _describe(self: Any) -> None:
    for id_ in self._get_param("LaunchTemplateIds") or []:
        check_id(self.ec2_backend, id_)


def _describe_versions(self: Any) -> None:
    id_, name = self._get_param("LaunchTemplateId"), self._get_param("LaunchTemplateName")
    if not id_ and not name:
        return
    if id_:
        check_id(self.ec2_backend, id_)
    template = _template(self)
    for version in self._get_param("Versions") or []:
        _check_version(template, version)


def _template(self: Any) -> Any:
    """The template that a request names, by its id or its name."""
    id_, name = self._get_param("LaunchTemplateId"), self._get_param("LaunchTemplateName")
    backend = self.ec2_backend
    return backend.get_launch_template(id_) if id_ else backend.get_launch_template_by_name(name)


def _check_version(template: Any, version: Any) -> None:
    if str(version).lower() in SPECIAL_VERSIONS:
        return
    if not str(version).isdecimal() or not 1 <= int(version) <= len(template.versions):
        raise InvalidLaunchTemplateVersionNotFound(template_id=template.id, version=version)
