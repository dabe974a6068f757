"""What the server needs to know of Redis Cloud.

Never asked of the real one, but of the fake alone, which is held to the types of Redis Cloud's Go client of
2026-07-17: how long a task takes, and whether it tells the id before it is completed; how soon what was made is in
a list; whether a plan without replicas refuses `replication` by the answer or by the task; whether that alert is
`datasets-size` everywhere, as Essentials plans and the client's tests have it; whether a backup path can be taken
away again.
"""

from providers._server.servicer import Vendor
from providers.rediscloud import essentials, resources

VENDOR = Vendor(
    package=resources.PACKAGE,
    text="Redis Cloud's API",
    endpoint="https://api.redislabs.com/v1",
    endpoint_variable="FOOTING_REDISCLOUD_ENDPOINT",
    credentials={
        "REDISCLOUD_ACCESS_KEY": ("x-api-key", "{}"),
        "REDISCLOUD_SECRET_KEY": ("x-api-secret-key", "{}"),
    },
    handlers={
        resources.EssentialsSubscription: essentials.SubscriptionHandler(),
        resources.EssentialsDatabase: essentials.DatabaseHandler(),
    },
)
