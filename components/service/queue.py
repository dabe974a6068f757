"""The depth of a worker's queue: measured by SQS itself, or by a sidecar that asks Redis."""

from components.aws import ecs_signals
from components.service.args import RedisList, SidecarArgs, SqsQueue, WorkerArgs
from observability import CloudWatch, CloudWatchMath

NAMESPACE = "Footing/Queue"
"""CloudWatch namespace of what the sidecar measures."""
SIDECAR_MIB = 64
"""Hard limit of the sidecar's memory, MiB."""
DEPTH_SCRIPT = """\
set -eu
trap 'exit 0' TERM
decoded() {
  rest=$1
  while case $rest in *%*) true ;; *) false ;; esac; do
    printf %s "${rest%%\\%*}"
    rest=${rest#*%}
    printf "\\\\$(printf %o "0x$(printf %.2s "$rest")")"
    rest=${rest#??}
  done
  printf %s "$rest"
}
scheme=${QUEUE_URL%%://*}
address=${QUEUE_URL#*://}
login=
case $address in *@*) login=${address%@*} address=${address##*@} ;; esac
address=${address%%\\?*}
database=0
case $address in */?*) database=${address#*/} ;; esac
address=${address%%/*}
port=6379
case $address in *:*) port=${address##*:} ;; esac
host=${address%:*}
set -- -h "$host" -p "$port" -n "$database" --raw
if [ "$scheme" = rediss ]; then set -- "$@" --tls --sni "$host"; fi
if [ -n "$login" ]; then
  user=$(decoded "${login%%:*}")
  if [ -n "$user" ]; then set -- "$@" --user "$user"; fi
  REDISCLI_AUTH=$(decoded "${login#*:}")
  export REDISCLI_AUTH
fi
unset QUEUE_URL login
while :; do
  depth=$(timeout 20 redis-cli "$@" LLEN "$QUEUE_KEY" 2>&1) || true
  case $depth in
    '' | *[!0-9]*) printf 'queue depth unknown: %s\\n' "$depth" >&2 ;;
    *) printf "$QUEUE_LINE\\n" "$(date +%s)" "$depth" ;;
  esac
  sleep 60 &
  wait $!
done
"""
"""Writes the length of the list each minute, in a line that CloudWatch Logs makes a metric of.

The password is in a variable, and on no command line. A reply that is no number, an error, is written as it is.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""


def metric_line(cluster: str, service: str) -> str:
    """Return one line of the embedded metric format: `%s` for the seconds of the time, and for the depth."""
    declared = (
        f'{{"Namespace":"{NAMESPACE}","Dimensions":[["ClusterName","ServiceName"]],'
        '"Metrics":[{"Name":"QueueDepth","Unit":"Count"}]}'
    )
    return (
        f'{{"_aws":{{"Timestamp":%s000,"CloudWatchMetrics":[{declared}]}},'
        f'"ClusterName":"{cluster}","ServiceName":"{service}","QueueDepth":%s}}'
    )


def depth_sidecars(args: WorkerArgs) -> list[SidecarArgs]:
    """Return what measures the queue in each task; nothing where AWS does."""
    queue = args.queue
    if not isinstance(queue, RedisList):
        return []
    return [
        SidecarArgs(
            container_name="queue-depth",
            image=queue.image,
            entry_point=["sh", "-c"],
            command=[DEPTH_SCRIPT],
            environment={
                "QUEUE_KEY": queue.list_key,
                "QUEUE_LINE": metric_line(args.cluster.name, args.service_name),
            },
            shared={"QUEUE_URL": queue.url_variable},
            restarts=True,
            memory_mib=SIDECAR_MIB,
        )
    ]


def depth_query(args: WorkerArgs) -> CloudWatch | None:
    """Return the query of the messages that wait; None without a queue."""
    queue = args.queue
    if isinstance(queue, SqsQueue):
        return CloudWatch(
            namespace="AWS/SQS",
            metric="ApproximateNumberOfMessagesVisible",
            dimensions={"QueueName": queue.queue_name},
            statistic="Maximum",
        )
    if queue is None:
        return None
    dimensions = ecs_signals.dimensions(args.cluster.name, args.service_name)
    return CloudWatch(namespace=NAMESPACE, metric="QueueDepth", dimensions=dimensions, statistic="Maximum")


def backlog_query(args: WorkerArgs) -> CloudWatchMath | None:
    """Return the query of the messages that wait for each running task; None without a queue."""
    depth = depth_query(args)
    if depth is None:
        return None
    running = CloudWatch(
        namespace=ecs_signals.INSIGHTS,
        metric="RunningTaskCount",
        dimensions=ecs_signals.dimensions(args.cluster.name, args.service_name),
    )
    expression = "IF(running > 0, depth / running, depth)"
    return CloudWatchMath(expression=expression, metrics={"depth": depth, "running": running})
