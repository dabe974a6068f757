"""Files of the application: a private S3 bucket, read by the world through CloudFront alone."""

from components.storage.args import AliasArgs, StorageArgs
from components.storage.storage import Storage

__all__ = ["AliasArgs", "Storage", "StorageArgs"]
