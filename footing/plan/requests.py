"""Turns the SDK's registration requests into planned resources."""

from typing import Any

from footing.plan.model import PlannedOptions, PlannedResource
from footing.plan.source import SourceFinder
from footing.plan.values import ValueReader


class RequestReader:
    """Reads registration and read requests."""

    def __init__(self, values: ValueReader, sources: SourceFinder) -> None:
        self._values = values
        self._sources = sources

    def registered(self, request: Any, urn: str, parent: PlannedResource | None) -> PlannedResource:
        """Read a RegisterResourceRequest; `parent` is None at the top of the stack."""
        property_urns = {key: item.urns for key, item in request.propertyDependencies.items() if item.urns}
        protect = request.protect if request.HasField("protect") else parent is not None and parent.protect
        return PlannedResource(
            type=request.type,
            name=request.name,
            urn=urn,
            parent=parent.urn if parent else "",
            provider=_provider_urn(request.provider),
            custom=request.custom,
            protect=protect,
            inputs=self._values.struct(request.object, hidden=frozenset(request.additionalSecretOutputs)),
            dependencies=tuple(sorted(request.dependencies)),
            property_dependencies={key: tuple(sorted(property_urns[key])) for key in sorted(property_urns)},
            source=self._sources.find(request),
            options=self._options(request, parent.options if parent else PlannedOptions()),
        )

    def read(self, request: Any, urn: str, parent: PlannedResource | None) -> PlannedResource:
        """Read a ReadResourceRequest: a resource that exists already."""
        return PlannedResource(
            type=request.type,
            name=request.name,
            urn=urn,
            parent=parent.urn if parent else "",
            provider=_provider_urn(request.provider),
            external=True,
            inputs=self._values.struct(request.properties, hidden=frozenset(request.additionalSecretOutputs)),
            dependencies=tuple(sorted(request.dependencies)),
            source=self._sources.find(request),
            options=PlannedOptions(
                import_id=request.id, additional_secret_outputs=tuple(request.additionalSecretOutputs)
            ),
        )

    def _options(self, request: Any, parent: PlannedOptions) -> PlannedOptions:
        trigger = request.replacement_trigger if request.HasField("replacement_trigger") else None
        retain = request.retainOnDelete if request.HasField("retainOnDelete") else parent.retain_on_delete
        timeouts = request.customTimeouts
        names = {"parentUrn": "parent", "noParent": "no_parent"}
        before = request.deleteBeforeReplace if request.deleteBeforeReplaceDefined else None
        return PlannedOptions(
            additional_secret_outputs=tuple(request.additionalSecretOutputs),
            aliases=tuple(
                alias.urn
                or {names.get(field.name, field.name): value for field, value in alias.spec.ListFields() if value}
                for alias in request.aliases
            ),
            custom_timeouts={field.name: duration for field, duration in timeouts.ListFields()},
            delete_before_replace=before,
            deleted_with=request.deletedWith or parent.deleted_with,
            ignore_changes=tuple(request.ignoreChanges),
            import_id=request.importId,
            providers={package: _provider_urn(ref) for package, ref in sorted(request.providers.items())},
            replace_on_changes=tuple(request.replaceOnChanges),
            replace_with=tuple(request.replace_with),
            replacement_trigger=None if trigger is None else self._values.value(trigger),
            retain_on_delete=retain,
        )


def _provider_urn(reference: str) -> str:
    # A reference is the provider's URN and its id, which a plan does not know.
    return reference.rpartition("::")[0]
