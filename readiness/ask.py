"""Who asks each kind of question."""

from observability import HttpQuestion, StepsQuestion, TlsQuestion, VendorQuestion
from readiness import aws, http, local, postgres, redis_store, steps, tls, vendors
from readiness.answer import Askers
from readiness.context import LiveStack


def askers(live: LiveStack) -> Askers:
    """Return who asks each kind of question of the live stack; a missing SDK is told by who needs it."""
    return {
        **aws.askers(live),
        **postgres.askers(live),
        **redis_store.askers(live),
        **local.askers(live),
        HttpQuestion: http.asker(live),
        TlsQuestion: tls.asker(live),
        StepsQuestion: steps.asker(live),
        VendorQuestion: vendors.asker(live),
    }
