"""`python -m simulator --state-dir DIR --packages aws,cloudflare`: serve until told to stop.

Prints one line of JSON with the environment by which the engine finds the simulated cloud, and our own providers
the fakes of their vendors; then nothing. Ends on SIGTERM, SIGINT or
when its standard input closes, so it never outlives the process that started it.
"""

import argparse
import json
import os
import signal
import sys
import threading
from collections.abc import Mapping
from concurrent import futures
from pathlib import Path

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from simulator.aws_api import PLACEHOLDERS
from simulator.cloud import Cloud
from simulator.estate import FILE_NAME, fill_estate
from simulator.moto_aws.refusal import RefusedError
from simulator.provider import BASE_PLUGINS, SimulatedProvider
from simulator.sdk_source import UnknownTypeError, package_root
from simulator.store import StoreError, open_store
from simulator.vendors.registry import served_fakes

_MAX_MESSAGE_BYTES = 400 * 1024 * 1024


def main() -> int:
    """Serve; exit code 0 after a clean stop, 2 when the arguments or the state cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m simulator", description="Serve a simulated cloud.")
    parser.add_argument("--state-dir", type=Path, required=True, help="where the cloud is kept")
    parser.add_argument("--packages", required=True, help="provider packages, separated by commas")
    arguments = parser.parse_args()
    for name in [it for it in os.environ if it.upper().startswith("AWS_") or it.upper().endswith("_PROXY")]:
        del os.environ[name]
    # Nothing of the machine's own AWS set-up is read, and no request could use it: moto answers every one. An
    # endpoint of the environment is none that moto knows, so a request to it would leave the process.
    os.environ.update(PLACEHOLDERS)
    packages = [name for name in arguments.packages.split(",") if name]
    try:
        for package in packages:
            if package not in BASE_PLUGINS:
                package_root(package)
        cloud = Cloud(open_store(arguments.state_dir))
        if (estate := arguments.state_dir / FILE_NAME).exists():
            fill_estate(cloud, file=estate)
    except (RefusedError, StoreError, UnknownTypeError) as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        return 2
    with served_fakes(arguments.state_dir) as environment:
        serve(cloud, packages, environment)
    return 0


def serve(cloud: Cloud, packages: list[str], environment: Mapping[str, str]) -> None:
    """Answer the engine until a signal or the end of standard input; tell it of `environment` as well."""
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    limits = [(f"grpc.max_{way}_message_length", _MAX_MESSAGE_BYTES) for way in ("send", "receive")]
    servers, attached = [], []
    for package in packages:
        server = grpc.server(futures.ThreadPoolExecutor(max_workers=4), options=limits)
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(SimulatedProvider(cloud, package), server)
        attached.append(f"{package}:{server.add_insecure_port('127.0.0.1:0')}")
        server.start()
        servers.append(server)
    print(json.dumps({**environment, "PULUMI_DEBUG_PROVIDERS": ",".join(attached)}), flush=True)  # noqa: T201

    def wait_for_parent() -> None:
        while os.read(sys.stdin.fileno(), 4096):
            pass
        stopped.set()

    threading.Thread(target=wait_for_parent, daemon=True).start()
    stopped.wait()
    for server in servers:
        server.stop(grace=1).wait()


if __name__ == "__main__":
    sys.exit(main())
