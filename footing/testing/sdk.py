"""Rules written with `pulumi_policy`, through the SDK's own server: what its proxies do live, they do here.

The SDK offers no way to call a pack without an engine (https://github.com/pulumi/pulumi-policy/issues/445), so
this module alone touches one private name of it, and says so where a release has moved it.
"""

from collections.abc import Sequence
from typing import Any

from footing.testing.runners import Told, asked, named
from policies.resource import Resource


class SdkChangedError(RuntimeError):
    """This release of `pulumi_policy` is not built as this module knows it."""

    def __init__(self) -> None:
        super().__init__("This release of pulumi_policy has no _PolicyAnalyzerServicer: use 1.21 to 1.x.")


def judged_by_pulumi_policy(policies: Sequence[Any], resources: Sequence[Resource]) -> list[Told]:
    """Ask policies of `pulumi_policy` about `resources`, in the engine's encoding over gRPC.

    Args:
        policies: `ResourceValidationPolicy` and `StackValidationPolicy` objects.
        resources: the stack; a resource without a URN is given one in the stack `test`.

    Returns:
        Violations, and as advice the policies that the SDK could not run because they read an unknown.

    Raises:
        SdkChangedError: the installed `pulumi_policy` cannot be driven.
        grpc.RpcError: a policy raised; live, that ends the whole operation.

    """
    return asked(servicer_of(policies), named(resources), {})


def servicer_of(policies: Sequence[Any]) -> Any:
    """The SDK's server of `policies`.

    Raises:
        SdkChangedError: the installed `pulumi_policy` cannot be driven.

    """
    from pulumi_policy import EnforcementLevel, policy

    made = getattr(policy, "_PolicyAnalyzerServicer", None)
    if made is None:
        raise SdkChangedError
    return made("test", "0.0.1", list(policies), EnforcementLevel.ADVISORY)
