"""Configuration of the stack's own registry of images."""

from typing import Annotated, Literal

from pydantic import Field

from stacks.config.base import Model


class RegistryConfig(Model):
    """A repository in ECR for the application's images, made by the stack: docs/delivery.md."""

    kept_images: Annotated[int, Field(ge=2, le=1000)] = Field(
        default=50,
        description="Tagged images that stay, the newest: what a rollback goes back to has to be among them.",
    )
    untagged_days: Annotated[int, Field(ge=1, le=365)] = Field(
        default=7, description="How long an image that lost its tag stays, in days."
    )
    encryption: Literal["aes256", "kms"] = Field(
        default="aes256", description="Who encrypts the images: S3, or AWS's key of ECR in KMS. For life."
    )
    protect: bool = Field(default=True, description="Refuse to delete the repository with its images.")
