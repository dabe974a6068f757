"""What every backend of the application's files offers."""

from typing import Protocol

import pulumi

from observability import Signals


class FileStore(Protocol):
    """One output shape for every backend."""

    @property
    def bucket_name(self) -> pulumi.Output[str]:
        """Physical name of the bucket."""

    @property
    def url(self) -> pulumi.Output[str]:
        """Address that files are read at, without a slash at the end."""

    @property
    def distribution_id(self) -> pulumi.Output[str]:
        """Id of the content delivery network's distribution, for invalidations."""

    @property
    def write_policy(self) -> pulumi.Output[str]:
        """IAM policy document, as JSON: reads, writes and deletes files, and reads their copy."""

    @property
    def replica_name(self) -> pulumi.Output[str] | None:
        """Physical name of the bucket with the copy, in another region; None without one."""

    @property
    def replica_region(self) -> str | None:
        """Region of that bucket."""

    @property
    def signals(self) -> Signals:
        """What to watch."""
