"""Every fake that a try-out starts."""

from pathlib import Path

from simulator.vendors import clerk, neon, rediscloud, sentry, supabase
from simulator.vendors.fake import Fake

FAKES: tuple[type[Fake], ...] = (clerk.FAKE, neon.FAKE, rediscloud.FAKE, sentry.FAKE, supabase.FAKE)


def fakes(directory: Path) -> list[Fake]:
    """Return the fakes, each with its file in the directory of a simulated cloud."""
    return [fake(directory / "vendors" / f"{fake.vendor}.json") for fake in FAKES]
