"""The pack's process: serves the engine that started it until that ends it."""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import grpc
from pulumi.runtime.proto import analyzer_pb2_grpc

from policies.analyzer.servicer import PackServicer
from policies.judge import Catalogue

LARGEST_MESSAGE_BYTES: Final = 400 * 1024 * 1024
"""The engine's own bound: https://github.com/pulumi/pulumi/blob/master/sdk/go/common/util/rpcutil/serve.go"""

_OPTIONS: Final = [
    ("grpc.max_receive_message_length", LARGEST_MESSAGE_BYTES),
    ("grpc.max_send_message_length", LARGEST_MESSAGE_BYTES),
]


def started(servicer: Any) -> tuple[grpc.Server, int]:
    """Return a server of `servicer` on a free port of loopback, and the port."""
    # Rules are pure and quick, and they count the waivers together: one at a time is as fast and needs no lock.
    server = grpc.server(ThreadPoolExecutor(max_workers=1), options=_OPTIONS)
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port


def serve(catalogue: Catalogue, directory: Path) -> None:
    """Serve `catalogue`, with the reviewed lists of `directory`, until the process is ended.

    The engine reads the port from the first line of standard output, so nothing else may be written there.
    """
    server, port = started(PackServicer(catalogue, directory))
    sys.stdout.buffer.write(f"{port}\n".encode())
    sys.stdout.flush()
    server.wait_for_termination()
