"""Answers the engine: each resource is decoded once and meets only the rules about its type."""
# ruff: noqa: ARG002, N802  the protocol names the methods and what they are given

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any, Final

import grpc
import yaml
from google.protobuf import empty_pb2
from google.protobuf.json_format import MessageToDict
from pulumi.runtime.proto import analyzer_pb2 as proto
from pulumi.runtime.proto import analyzer_pb2_grpc, plugin_pb2

from policies import levels, limit_exceptions, undecided, unjudged, waivers
from policies.analyzer import texts
from policies.analyzer.decoded import Decoded
from policies.judge import Catalogue, Finding
from policies.judgement import Verdict
from policies.report import stops
from policies.resource import Resource, Stack
from policies.rule import Rule
from policies.version import VERSION

ENVIRONMENT_KEY: Final = "footing:environment"
EXCEPTIONS_KEY: Final = f"footing:{limit_exceptions.KEY}"
_LEVEL_NAMES: Final = {texts.LEVELS[level]: name for name, level in levels.NAMES.items()}


class EmptyPackError(ValueError):
    """There are no rules: a pack of none would be green whatever it was shown."""

    def __init__(self) -> None:
        super().__init__("The policy pack holds no rules.")


def _refusing(method: Callable[..., Any]) -> Callable[..., Any]:
    """End the call, and with it the engine's operation, with the sentences of what is refused."""

    @wraps(method)
    def answer(self: Any, request: Any, context: Any) -> Any:
        try:
            return method(self, request, context)
        except levels.PackConfigError as error:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))

    return answer


class PackServicer(analyzer_pb2_grpc.AnalyzerServicer):
    """One engine operation's view of the pack.

    Args:
        catalogue: the rules.
        directory: the pack's folder, with the reviewed lists; the stack files are beside it.
        today: the day that decides whether an exception is expired.

    Raises:
        EmptyPackError: the catalogue is empty.

    """

    def __init__(self, catalogue: Catalogue, directory: Path, today: Callable[[], date] = date.today) -> None:
        if not len(catalogue):
            raise EmptyPackError
        self._catalogue = catalogue
        self._directory = directory
        self._today = today()
        self._environment: str | None = None
        self._is_preview = False
        self._inputs: dict[str, Mapping[str, Any]] = {}
        self._stack_waivers: waivers.StackWaivers | None = None
        self._waivers = waivers.read(directory / waivers.FILE, catalogue)
        self._allowed_undecided = undecided.read(directory / undecided.FILE, catalogue)
        self._allowed_unjudged = unjudged.read(directory, catalogue)
        self._elsewhere: dict[str, list[Any]] = {}

    @_refusing
    def Handshake(self, request: Any, context: Any) -> Any:
        """Refuse to start with a reviewed list that is malformed."""
        lists = (self._waivers, self._allowed_undecided, self._allowed_unjudged)
        if problems := [problem for it in lists if it for problem in it.problems]:
            raise levels.PackConfigError(problems)
        return proto.AnalyzerHandshakeResponse()

    def ConfigureStack(self, request: Any, context: Any) -> Any:
        """Learn which stack is judged, its environment, and the limits that its configuration sets aside."""
        self._is_preview = request.dry_run
        exceptions = limit_exceptions.from_json(request.config.get(EXCEPTIONS_KEY, "[]"))
        self._open(request.stack, request.config.get(ENVIRONMENT_KEY, ""), exceptions)
        return proto.AnalyzerStackConfigureResponse()

    @_refusing
    def Configure(self, request: Any, context: Any) -> Any:
        """Take over levels that are raised; whatever else is configured ends the operation."""
        own_levels = {it.name: it.enforcementLevel for it in self._info().policies}
        given: dict[str, Any] = {}
        for name, configured in request.policyConfig.items():
            # The engine sends every level, and adds what was given for "all" to each policy by itself.
            if name == levels.ALL and not configured.properties:
                continue
            if configured.properties or own_levels.get(name) != configured.enforcementLevel:
                level = _LEVEL_NAMES.get(configured.enforcementLevel, "remediate")
                given[name] = {levels.KEY: level, **MessageToDict(configured.properties)}
        if (own := given.pop(texts.REVIEWED, None)) and own[levels.KEY] != "mandatory":
            raise levels.PackConfigError([f"{texts.REVIEWED}: always mandatory."])
        self._catalogue = levels.configured(self._catalogue, self._environment or "", given)
        self._elsewhere.clear()
        return empty_pb2.Empty()

    def GetAnalyzerInfo(self, request: Any, context: Any) -> Any:
        """Describe every rule."""
        return self._info()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        """Name the version."""
        return plugin_pb2.PluginInfo(version=VERSION)

    def Analyze(self, request: Any, context: Any) -> Any:
        """Judge one resource before it is made."""
        stack_waivers = self._opened(request.urn)
        resource = _resource(request, Decoded(request.properties))
        self._inputs[request.urn] = resource.properties
        found = self._catalogue.of_resource(resource, stack_waivers.environment)
        response = self._response(found, stack_waivers)
        # Rules that do not look at a type, so that the engine does not count them as passed.
        if resource.type not in self._elsewhere:
            others = [it.id for it in self._catalogue if isinstance(it, Rule) and resource.type not in it.types]
            self._elsewhere[resource.type] = _not_applicable(others)
        response.not_applicable.extend(self._elsewhere[resource.type])
        return response

    def AnalyzeStack(self, request: Any, context: Any) -> Any:
        """Judge the resources together, by the inputs that each was judged by alone, then the exceptions."""
        stack_waivers = self._opened(request.resources[0].urn if request.resources else "")
        # The engine sends outputs with the whole stack: inputs are kept as they were judged one by one.
        resources = [_resource(it, self._inputs.get(it.urn, Decoded(it.properties))) for it in request.resources]
        stack = Stack(environment=stack_waivers.environment, resources=resources)
        response = self._response(self._catalogue.of_stack(stack), stack_waivers)
        response.diagnostics.extend(texts.complaint(text) for text in stack_waivers.problems(self._catalogue))
        if self._allowed_unjudged:
            for type_, found in self._allowed_unjudged.unjudged(self._catalogue, resources).items():
                response.diagnostics.append(texts.complaint(unjudged.sentence(type_, found)))
        return response

    def Remediate(self, request: Any, context: Any) -> Any:
        """Change nothing: what is wrong is changed where it is written."""
        return proto.RemediateResponse()

    def Cancel(self, request: Any, context: Any) -> Any:
        """Return nothing: no call lasts."""
        return empty_pb2.Empty()

    def _info(self) -> Any:
        return texts.analyzer_info(self._catalogue, self._environment or "")

    def _open(
        self, stack: str, environment: str, exceptions: limit_exceptions.LimitExceptions
    ) -> waivers.StackWaivers:
        self._environment = environment
        self._stack_waivers = waivers.StackWaivers(
            waivers=self._waivers,
            stack=stack,
            environment=environment,
            today=self._today,
            limit_exceptions=exceptions,
        )
        return self._stack_waivers

    def _opened(self, urn: str) -> waivers.StackWaivers:
        """Return the waivers; `pulumi policy analyze` names no stack, so the first URN and the stack's file do."""
        if self._stack_waivers is not None:
            return self._stack_waivers
        stack = waivers.stack_of(urn)
        config = _config(self._directory.parent / f"Pulumi.{stack}.yaml")
        environment = config.get(ENVIRONMENT_KEY)
        exceptions = limit_exceptions.read(config.get(EXCEPTIONS_KEY, []))
        # Without an environment in plain text the levels are the strict ones.
        return self._open(stack, environment if isinstance(environment, str) else "", exceptions)

    def _response(self, findings: Iterable[Finding], stack_waivers: waivers.StackWaivers) -> Any:
        response = proto.AnalyzeResponse()
        # While an update runs, and in the state, everything is known: nothing may stay undecided there.
        allowed = self._allowed_undecided.of(stack_waivers.stack) if self._is_preview else frozenset()
        silent: dict[str, bool] = {}
        for finding in findings:
            verdict, rule = finding.judgement.verdict, finding.rule.id
            silent[rule] = silent.get(rule, True) and verdict is Verdict.NOT_APPLICABLE
            waiver = stack_waivers.waiver_for(finding)
            if verdict in (Verdict.FAIL, Verdict.UNDECIDED, Verdict.BROKEN):
                stop = not waiver and stops(finding, allowed)
                response.diagnostics.append(texts.diagnostic(finding, stops=stop, waiver=waiver))
        response.not_applicable.extend(_not_applicable([rule for rule, yes in silent.items() if yes]))
        return response


def _config(path: Path) -> Mapping[str, Any]:
    """Return the configuration in a stack's file; empty where there is none that can be read.

    `pulumi policy analyze` starts the pack without a stack or a configuration:
    https://github.com/pulumi/pulumi/blob/v3.274.1/pkg/cmd/pulumi/policy/policy_analyze.go
    """
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return {}
    config = document.get("config") if isinstance(document, dict) else None
    return config if isinstance(config, dict) else {}


def _not_applicable(rules: Iterable[str]) -> list[Any]:
    reason = "The rule is about something else."
    return [proto.PolicyNotApplicable(policy_name=rule, reason=reason) for rule in rules]


def _resource(request: Any, properties: Mapping[str, Any]) -> Resource:
    """Return the resource of either request; that of a single one knows no dependencies."""
    together = isinstance(request, proto.AnalyzerResource)
    depended = request.propertyDependencies.items() if together else ()
    return Resource(
        type=request.type,
        urn=request.urn,
        name=request.name,
        properties=properties,
        parent=request.options.parent or (request.parent if together else ""),
        protect=request.options.protect,
        # The engine names a provider for everything that one makes, and none for a component.
        is_component=not request.HasField("provider"),
        dependencies=tuple(request.dependencies) if together else (),
        property_dependencies={key: tuple(found.urns) for key, found in depended},
    )
