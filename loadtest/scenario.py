"""A load test as plain data: what is requested, how often, by whom, and what it has to keep."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from msgspec import Struct, field

NUMBER = "{n}"
"""In a path or a body: a number that goes round below `Call.keys`."""
USER = "{user}"
"""In a path or a body: an id of the virtual user, a UUID."""


class Kind(StrEnum):
    """What is requested; limits are held by kind."""

    STATIC = "static"
    """A file of the front end."""
    API = "api"
    """A read of the API: the feed."""
    AUTH = "auth"
    """A sign-in."""
    WRITE = "write"
    """A write to the API: a post."""
    OPERATION = "operation"
    """The one operation that an objective of latency is about."""
    PAGE = "page"
    """A page as browsers load it, without what it refers to."""


class Call(Struct, frozen=True, kw_only=True):
    """One request that virtual users send."""

    path: str
    """Path with its query; `{n}` is a number below `keys`, `{user}` the virtual user's id."""
    kind: Kind = Kind.API
    """What it is."""
    method: str = "GET"
    """HTTP method."""
    weight: int = 1
    """How often, beside the scenario's other calls."""
    keys: int = 1
    """Different addresses that `{n}` makes."""
    body: str = ""
    """JSON that is sent; none when empty."""
    signed_in: bool = False
    """Whether the credentials of the environment go along: SUPABASE_ANON_KEY, ACCESS_TOKEN."""
    at_start: bool = False
    """Whether each virtual user sends it once, before all others: what creates a session."""


class Limit(Struct, frozen=True, kw_only=True):
    """What a scenario has to keep, and who says so."""

    measure: str
    """Name of the number in `loadtest.measures`, its parts after colons: `latency:api:95`."""
    title: str
    """What it is, for people, with its unit."""
    key: str
    """Key of the stack file that it comes from, or the requirement's own name."""
    at_most: float | None = None
    """Largest value."""
    at_least: float | None = None
    """Least value."""
    required: bool = True
    """Whether a run that could not measure it fails; else it is only told."""


class Scenario(Struct, frozen=True, kw_only=True):
    """One load test."""

    name: str
    """Name by which it is run."""
    title: str
    """What it is for, in a sentence without a full stop."""
    calls: Sequence[Call]
    """What is requested."""
    users: int
    """Virtual users."""
    duration_seconds: int
    """Length, in seconds."""
    requests_per_second: float | None = None
    """Rate of all users together, kept whatever the answers take; None paces by `think_time_seconds`."""
    think_time_seconds: float = 1.0
    """Time between two requests of a virtual user, in seconds; the later of that and the answer."""
    represents_users: int | None = None
    """People at the same moment that it stands for; None where nobody says."""
    visitors: int = 0
    """Addresses that take turns in X-Forwarded-For, for an origin that trusts it; 0 sends no such header."""
    abuse: bool = False
    """Whether a refusal (429) is what is wanted; elsewhere it is a failure to measure."""
    drill: str = ""
    """What a person takes away meanwhile; empty where nothing."""
    limits: Sequence[Limit] = ()
    """What it has to keep."""

    @property
    def offered_per_second(self) -> float:
        """Requests that are due in a second once every user is there."""
        return self.requests_per_second or self.users / self.think_time_seconds

    @property
    def period_seconds(self) -> float:
        """Time between two requests of one virtual user, in seconds."""
        return self.users / self.offered_per_second


class Job(Struct, frozen=True, kw_only=True):
    """What the generator's process is told; no secret is in it."""

    scenario: Scenario
    """What it plays."""
    url: str
    """Address that is asked, without a slash at its end."""
    failed_statuses: Sequence[str] = ("5..", "400", "408", "409", "422")
    """Statuses of a failed call, as regular expressions; what found no address or no permission fails as well."""
    cache_header: str = "x-redis-cache"
    """Header by which the application says whether Redis answered: hit, miss."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Headers of every request."""
