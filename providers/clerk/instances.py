"""Configuration of Clerk's instances.

https://github.com/clerk/openapi-specs/blob/main/platform/beta.yml
"""

from collections.abc import Iterator, Mapping
from typing import Any

from providers._server.api import Api, VendorError
from providers._server.handler import Found, Setting
from wire_format import Properties

PLATFORM_TOKEN = "CLERK_PLATFORM_API_KEY"  # noqa: S105  name of a variable
REDACTED = "REDACTED"
"""What Clerk tells in place of a secret:
https://github.com/clerk/cli/blob/main/packages/cli-core/src/commands/deploy/index.test.ts."""
VERSION = "config_version"
"""Told beside the settings, and none of them."""


class ConfigHandler(Setting):
    """Settings of instances; an id is `APPLICATION/INSTANCE`."""

    credentials = (PLATFORM_TOKEN,)

    def identity(self, given: Properties) -> str:
        """Return application and instance."""
        return f"{given['applicationId']}/{given['instance']}"

    def write(self, api: Api, given: Properties) -> None:
        """Send the settings with their secrets, once Clerk has said that it would take them."""
        page, body = _page(self.identity(given)), _merged(given["settings"], given.get("secrets") or {})
        api.call("PATCH", page, body, {"dry_run": "true"})
        api.call("PATCH", page, body)

    def read(self, api: Api, id_: str, given: Properties) -> Found | None:
        """Return the settings that are given, all that Clerk tells for an import; secrets as they are given."""
        found = api.find(_page(id_))
        if found is None:
            return None
        application, instance = id_.split("/")
        told, wanted = _told(found), given.get("settings")
        settings = told if wanted is None else _picked(told, wanted)
        kept = {"secrets": given["secrets"]} if "secrets" in given else {}
        return Found({"applicationId": application, "instance": instance, "settings": settings, **kept})

    def faults(self, given: Properties) -> list[tuple[str, str]]:
        """Refuse a setting that is given twice, and what is none."""
        values = (given.get("settings"), given.get("secrets"))
        settings, secrets = (set(_names(it)) if isinstance(it, Mapping) else set() for it in values)
        faults = [("settings", f"given {VERSION}, which is no setting")] if VERSION in settings else []
        if twice := sorted(settings & secrets):
            faults.append(("secrets", f"given {', '.join(twice)}, which `settings` has too"))
        return faults

    def _computed(self, api: Api, id_: str, given: Properties) -> Properties:
        """Return nothing, once every setting is there.

        Raises:
            VendorError: Clerk took no notice of one.

        """
        found = self.read(api, id_, given)
        there = {*_names(found.inputs["settings"])} if found else set()
        if ignored := [name for name in _names(given["settings"]) if name not in there]:
            told = "it is no setting, or one that Clerk does not tell, which belongs in `secrets`"
            raise VendorError(f"Clerk took no notice of {', '.join(ignored)} of {id_}: {told}")
        return {}


def _page(id_: str) -> str:
    application, instance = id_.split("/")
    return f"/platform/applications/{application}/instances/{instance}/config"


def _names(settings: Mapping[str, Any], before: str = "") -> Iterator[str]:
    """Yield the dotted name of each setting."""
    for name, value in settings.items():
        if isinstance(value, Mapping) and value:
            yield from _names(value, f"{before}{name}.")
        else:
            yield before + name


def _merged(settings: Mapping[str, Any], secrets: Mapping[str, Any]) -> dict[str, Any]:
    """Return both, one put into the other."""
    merged = {**settings, **secrets}
    for name in settings.keys() & secrets.keys():
        if isinstance(settings[name], Mapping) and isinstance(secrets[name], Mapping):
            merged[name] = _merged(settings[name], secrets[name])
    return merged


def _picked(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return of what was found the settings that are wanted, at every depth."""
    return {
        name: _picked(found[name], value)
        if isinstance(value, Mapping) and isinstance(found[name], Mapping)
        else found[name]
        for name, value in wanted.items()
        if name in found
    }


def _told(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was found without its version and without what stands for a secret."""
    return {
        name: _told(value) if isinstance(value, Mapping) else value
        for name, value in found.items()
        if name != VERSION and value != REDACTED
    }
