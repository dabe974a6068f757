"""Every fake that a try-out starts."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from simulator.vendors import clerk, neon, rediscloud, sentry, supabase
from simulator.vendors.fake import Fake, running

FAKES: tuple[type[Fake], ...] = (clerk.FAKE, neon.FAKE, rediscloud.FAKE, sentry.FAKE, supabase.FAKE)


def fakes(directory: Path) -> list[Fake]:
    """Return the fakes, each with its file in the directory of a simulated cloud."""
    return [fake(directory / "vendors" / f"{fake.vendor}.json") for fake in FAKES]


@contextmanager
def served_fakes(directory: Path) -> Iterator[dict[str, str]]:
    """Serve the fakes; yields the environment by which whoever asks a vendor finds its fake, with its tokens."""
    with ExitStack() as vendors:
        environment: dict[str, str] = {}
        for fake in fakes(directory):
            environment |= {**fake.environment, fake.endpoint_variable: vendors.enter_context(running(fake))}
        yield environment
