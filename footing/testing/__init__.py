"""Tests of policy rules that pass only where the rule works live: docs/policies.md shows how.

`judged` asks rules as the offline gate does. `judged_by_engine` sends the same resources in the engine's encoding
over gRPC to the server that the engine talks to. `judged_by_pulumi_policy` does so with the SDK's own server and
proxies, for rules written with `pulumi_policy` alone.
"""

from footing.testing.runners import Told, judged, judged_by_engine
from footing.testing.sdk import judged_by_pulumi_policy
from footing.testing.wire import Sealed
from policies.resource import SECRET, UNKNOWN, Resource

__all__ = [
    "SECRET",
    "UNKNOWN",
    "Resource",
    "Sealed",
    "Told",
    "judged",
    "judged_by_engine",
    "judged_by_pulumi_policy",
]
