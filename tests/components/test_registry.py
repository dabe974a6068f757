import json
from typing import Any

from components.registry import Registry, RegistryArgs
from tests.components.recording import record_component

ARGS = RegistryArgs(repository_name="shop-staging", kept_images=30, untagged_days=3, kms=False, protect=True)


def registry(**changes: Any) -> Any:
    from msgspec.structs import replace

    return record_component(lambda: Registry("registry", replace(ARGS, **changes)))


def test_tag_never_moves_and_each_image_is_scanned():
    recorded = registry()
    repository = recorded.one("Repository", "registry-images")
    assert repository.inputs == {
        "name": "shop-staging",
        "imageTagMutability": "IMMUTABLE",
        "imageScanningConfiguration": {"scanOnPush": True},
        "encryptionConfigurations": [{"encryptionType": "AES256"}],
    }
    assert repository.protect is True
    assert registry(kms=True).one("Repository").inputs["encryptionConfigurations"] == [{"encryptionType": "KMS"}]
    assert not registry(protect=False).one("Repository").protect


def test_old_images_go_the_untagged_ones_first():
    policy = json.loads(registry().one("LifecyclePolicy").inputs["policy"])
    assert [(it["rulePriority"], it["selection"]["countNumber"]) for it in policy["rules"]] == [(1, 3), (2, 30)]
    untagged, tagged = (it["selection"] for it in policy["rules"])
    assert (untagged["tagStatus"], untagged["countUnit"]) == ("untagged", "days")
    # Whatever the tag: with a prefix alone an image of another name would stay for ever.
    assert (tagged["tagStatus"], tagged["tagPatternList"]) == ("tagged", ["*"])
