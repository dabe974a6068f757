"""What authors of components and of policy rules test with.

`record_component` runs a component without an engine and keeps what it registered.

Tests of a rule pass only where the rule works live; docs/policies.md shows how.

`judged` asks rules as the offline gate does. `judged_by_engine` sends the same resources in the engine's encoding
over gRPC to the server that the engine talks to.
"""

from footing.testing.components import Recorded, Secret, record_component
from footing.testing.runners import Diagnostic, judged, judged_by_engine
from footing.testing.wire import Sealed
from policies.resource import SECRET, UNKNOWN, Resource

__all__ = [
    "SECRET",
    "UNKNOWN",
    "Diagnostic",
    "Recorded",
    "Resource",
    "Sealed",
    "Secret",
    "judged",
    "judged_by_engine",
    "record_component",
]
