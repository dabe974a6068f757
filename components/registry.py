"""The repository of the application's images in ECR, and how long it keeps them."""

import json

import pulumi
import pulumi_aws as aws
from msgspec import Struct

from components.component import Component

PULL = ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
"""What reading an image takes."""
PUSH = (
    *("ecr:BatchCheckLayerAvailability", "ecr:CompleteLayerUpload", "ecr:InitiateLayerUpload"),
    *("ecr:PutImage", "ecr:UploadLayerPart", *PULL),
)
"""What writing one takes, besides `ecr:GetAuthorizationToken`, which has no resource.

https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html
"""


class RegistryArgs(Struct, frozen=True, kw_only=True):
    """Arguments of `Registry`."""

    repository_name: str
    """Physical name of the repository, for life."""
    kept_images: int
    """Tagged images that stay, the newest. Source: config `registry.kept_images`."""
    untagged_days: int
    """How long an image that lost its tag stays, in days. Source: config `registry.untagged_days`."""
    kms: bool
    """Whether AWS's key of ECR in KMS encrypts the images, in the place of AES-256 by S3."""
    protect: bool
    """Whether the engine refuses to delete it. Source: config `registry.protect`."""


class Registry(Component):
    """One repository: a tag never moves, each image is scanned when it comes, and old ones go.

    It holds images: replacing it loses those that a rollback needs.
    """

    url: pulumi.Output[str]
    """Address to push to and to pull from, without a tag."""
    arn: pulumi.Output[str]
    """ARN of the repository."""

    def __init__(self, name: str, args: RegistryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        repository = aws.ecr.Repository(
            f"{name}-images",
            name=args.repository_name,
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration={"scan_on_push": True},
            encryption_configurations=[{"encryption_type": "KMS" if args.kms else "AES256"}],
            opts=self._child(protect=args.protect),
        )
        aws.ecr.LifecyclePolicy(
            f"{name}-lifecycle",
            repository=repository.name,
            policy=json.dumps({"rules": _rules(args)}),
            opts=self._child(),
        )
        self.url, self.arn = repository.repository_url, repository.arn
        self._finish()


def _rules(args: RegistryArgs) -> list[dict[str, object]]:
    """Return the rules of the lifecycle. ECR takes no rule for any tag but as a pattern.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
    """
    untagged = {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days"}
    tagged = {"tagStatus": "tagged", "tagPatternList": ["*"], "countType": "imageCountMoreThan"}
    selections = ({**untagged, "countNumber": args.untagged_days}, {**tagged, "countNumber": args.kept_images})
    return [
        {"rulePriority": priority, "selection": selection, "action": {"type": "expire"}}
        for priority, selection in enumerate(selections, 1)
    ]
