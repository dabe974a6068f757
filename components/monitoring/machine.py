"""The machine's first start: it takes the disk that was there before it."""

DATA_DIRECTORY = "/data"
"""Where the disk is mounted on the machine."""
DATA_OWNER = "10001"
"""User and group of what the servers write."""
IMAGE_PARAMETER = "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id"
"""Where AWS names its newest image for ECS.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/retrieve-ecs-optimized_AMI.html
"""

START_SCRIPT = """\
#!/bin/sh
set -eu
printf 'ECS_CLUSTER=%s\\nECS_AWSVPC_BLOCK_IMDS=true\\n' "@cluster@" > /etc/ecs/ecs.config
metadata=http://169.254.169.254/latest
token=$(curl -sS -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 300' "$metadata/api/token")
instance=$(curl -sS -H "X-aws-ec2-metadata-token: $token" "$metadata/meta-data/instance-id")
region=$(curl -sS -H "X-aws-ec2-metadata-token: $token" "$metadata/meta-data/placement/region")
command -v aws > /dev/null || dnf install -y awscli-2
until aws ec2 attach-volume --region "$region" --volume-id "@volume@" --instance-id "$instance" --device /dev/sdf
do sleep 5; done
disk=/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_$(printf '%s' "@volume@" | tr -d -)
until [ -e "$disk" ]; do sleep 1; done
blkid "$disk" || mkfs.xfs "$disk"
mkdir -p @data@
printf '%s @data@ xfs defaults,x-systemd.required-by=ecs.service,x-systemd.before=ecs.service 0 2\n' "$disk" \
  >> /etc/fstab
mount @data@
for server in prometheus grafana; do
  install -d -m 0750 -o @owner@ -g @owner@ "@data@/$server"
done
"""
"""Waits until the machine before it has let go of the disk; ECS's agent starts only when this script has ended.

`mkfs.xfs` refuses a disk that has a file system already, so nothing but an empty one is ever formatted.
After a restart ECS's agent waits for the disk again: without it, servers would begin anew beside it.
"""


def start_script(cluster_name: str, volume_id: str) -> str:
    """Return the script for one cluster and one volume (`vol-…`)."""
    values = {"cluster": cluster_name, "volume": volume_id, "data": DATA_DIRECTORY, "owner": DATA_OWNER}
    script = START_SCRIPT
    for name, value in values.items():
        script = script.replace(f"@{name}@", value)
    return script
