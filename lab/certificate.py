"""A certificate authority of the lab's own: PgBouncer really verifies PostgreSQL, as it does in production."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from lab import programs
from lab.process import LOOPBACK, own

HOST = LOOPBACK
"""The only address that the server's certificate is for.

No name: PgBouncer's resolver answers ::1 for localhost as well, where nothing listens.
"""


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """Files of a server's certificate."""

    authority: Path
    """What clients trust."""
    certificate: Path
    key: Path


def make(directory: Path, host: str = HOST, days: int = 1) -> Certificate:
    """Return an authority and a certificate for `host`, valid for one day, or for `days`."""
    authority, server = directory / "authority", directory / "server"
    _request(authority, days, ["-subj", "/CN=Lab authority", "-addext", "keyUsage=critical,keyCertSign"])
    issued_by = ["-CA", f"{authority}.pem", "-CAkey", f"{authority}.key"]
    _request(server, days, ["-subj", f"/CN={host}", "-addext", f"subjectAltName=IP:{host}", *issued_by])
    return Certificate(
        authority=own(authority.with_suffix(".pem")),
        certificate=own(server.with_suffix(".pem")),
        key=own(server.with_suffix(".key")),
    )


def _request(name: Path, days: int, options: list[str]) -> None:
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    files = ["-keyout", f"{name}.key", "-out", f"{name}.pem"]
    subprocess.run(
        [programs.find("openssl"), "req", "-x509", "-days", str(days), *curve, *files, *options],
        check=True,
        capture_output=True,
    )
