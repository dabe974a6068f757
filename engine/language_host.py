"""The Python language host of the built Pulumi CLI: serves the engine's LanguageRuntime calls.

The CLI starts it through the `pulumi-language-python` beside it, reads the port from the first line of standard
output and interrupts it when the operation ends. A program, a policy pack or a local provider runs in a child
process of this one's Python. There is one environment, the project's own, so the runtime options in Pulumi.yaml
(toolchain, virtualenv) are left to the official host, and installing dependencies is `uv sync`'s business.
Protocol: https://github.com/pulumi/pulumi/blob/master/proto/pulumi/language.proto
"""
# ruff: noqa: ARG002, N802  the protocol names the methods and what they are given

import contextlib
import logging
import os
import platform
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO

import grpc
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import language_pb2 as language
from pulumi.runtime.proto import language_pb2_grpc, plugin_pb2

PROGRAM_RUNNER = Path(__file__).resolve().with_name("program.py")
REPORTED_EXIT_CODE = 32
"""What program.py exits with once the engine has been told the error; the official host's number."""

LARGEST_MESSAGE_BYTES = 400 * 1024 * 1024
CONCURRENT_CALLS = 32
ENGINE_CHECK_SECONDS = 1.0
GRACE_SECONDS = 2.0


class Children:
    """The running child processes, each the leader of a process group that ends with it."""

    def __init__(self) -> None:
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()

    def start(
        self, command: list[str], directory: str, environment: Mapping[str, str], *, piped: bool
    ) -> subprocess.Popen[bytes]:
        """Start a child: `piped` reads its output here, otherwise it shares this process's output."""
        # A group of its own keeps a Ctrl-C from the child: the engine decides when it ends, and says so here.
        with self._lock:
            child = subprocess.Popen(
                command, cwd=directory, env={**os.environ, **environment}, process_group=0,
                stdin=None if piped else subprocess.PIPE,
                stdout=subprocess.PIPE if piped else None, stderr=subprocess.PIPE if piped else None,
            )  # fmt: skip
            self._running.add(child)
        return child

    def stop(self, child: subprocess.Popen[bytes]) -> None:
        """End a child and what it started, at once or after the grace time."""
        with self._lock:
            self._running.discard(child)
        if child.poll() is None:
            self._signal(child, signal.SIGTERM)
            try:
                child.wait(GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                self._signal(child, signal.SIGKILL)
                child.wait()

    def stopped(self, child: subprocess.Popen[bytes]) -> bool:
        """Return whether this process ended the child, rather than the child itself or a crash."""
        return child not in self._running

    def stop_all(self) -> None:
        """End every child."""
        for child in tuple(self._running):
            self.stop(child)

    @staticmethod
    def _signal(child: subprocess.Popen[bytes], number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, number)


class LanguageHost(language_pb2_grpc.LanguageRuntimeServicer):
    """Answers the calls that a deployment, a policy pack and a local provider need; the rest is unimplemented."""

    def __init__(self, engine_address: str, children: Children) -> None:
        self._engine_address = engine_address
        self._children = children

    def Handshake(
        self, request: language.LanguageHandshakeRequest, context: grpc.ServicerContext
    ) -> language.LanguageHandshakeResponse:
        """Return nothing; take the engine's address, where it was not an argument."""
        self._engine_address = request.engine_address or self._engine_address
        return language.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: Empty, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        """Return no version: this host belongs to the tree it is in."""
        return plugin_pb2.PluginInfo()

    def GetRequiredPackages(
        self, request: language.GetRequiredPackagesRequest, context: grpc.ServicerContext
    ) -> language.GetRequiredPackagesResponse:
        """Return none: each resource says its provider's version, and the engine asks for it then."""
        return language.GetRequiredPackagesResponse()

    def GetProgramDependencies(
        self, request: language.GetProgramDependenciesRequest, context: grpc.ServicerContext
    ) -> language.GetProgramDependenciesResponse:
        """Return none: uv.lock holds them."""
        return language.GetProgramDependenciesResponse()

    def InstallDependencies(
        self, request: language.InstallDependenciesRequest, context: grpc.ServicerContext
    ) -> Iterator[language.InstallDependenciesResponse]:
        """Install nothing: this process runs in the environment already."""
        return iter(())

    def About(self, request: language.AboutRequest, context: grpc.ServicerContext) -> language.AboutResponse:
        """Return the Python that runs programs."""
        return language.AboutResponse(executable=sys.executable, version=platform.python_version())

    def Run(self, request: language.RunRequest, context: grpc.ServicerContext) -> language.RunResponse:
        """Run a program to its end."""
        command = [sys.executable, "-u", str(PROGRAM_RUNNER), self._engine_address, str(REPORTED_EXIT_CODE)]
        child = self._children.start(command, request.info.program_directory, {}, piped=False)
        context.add_callback(lambda: self._children.stop(child))
        # The request goes through a pipe, not the environment: it holds the stack's decrypted secrets.
        child.communicate(request.SerializeToString())
        # A stopped program must never look finished: the engine would delete what it had not come to register.
        if self._children.stopped(child) or child.returncode == REPORTED_EXIT_CODE:
            return language.RunResponse(bail=True)
        if child.returncode != 0:
            return language.RunResponse(error=f"Program exited with code {child.returncode}")
        return language.RunResponse()

    def RunPlugin(
        self, request: language.RunPluginRequest, context: grpc.ServicerContext
    ) -> Iterator[language.RunPluginResponse]:
        """Run a policy pack or a local provider, passing its output on until it ends."""
        directory = request.info.program_directory
        analyzer = ["-m", "pulumi.policy", *request.args, directory]
        command = [sys.executable, "-u", *(analyzer if request.kind == "analyzer" else [directory, *request.args])]
        environment = dict(entry.split("=", 1) for entry in request.env)
        child = self._children.start(command, request.pwd, environment, piped=True)
        context.add_callback(lambda: self._children.stop(child))
        yield from _output(child)
        yield language.RunPluginResponse(exitcode=child.wait())


def _output(child: subprocess.Popen[bytes]) -> Iterator[language.RunPluginResponse]:
    """Yield the lines of both streams as they come, until both are closed."""
    lines: queue.SimpleQueue[language.RunPluginResponse | None] = queue.SimpleQueue()

    def pump(stream: IO[bytes], response: Callable[[bytes], language.RunPluginResponse]) -> None:
        for line in stream:
            lines.put(response(line))
        lines.put(None)

    assert child.stdout is not None and child.stderr is not None  # noqa: PT018, S101  both were asked for
    for arguments in (
        (child.stdout, lambda line: language.RunPluginResponse(stdout=line)),
        (child.stderr, lambda line: language.RunPluginResponse(stderr=line)),
    ):
        threading.Thread(target=pump, args=arguments, daemon=True).start()
    for _ in range(2):
        yield from iter(lines.get, None)


def serve(engine_address: str) -> None:
    """Serve until the engine interrupts this process or is gone."""
    # grpc logs a traceback for every call that is not implemented; the engine gets the status in any case.
    logging.getLogger("grpc").addHandler(logging.NullHandler())
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    engine_process, children = os.getppid(), Children()
    server = grpc.server(
        ThreadPoolExecutor(CONCURRENT_CALLS), options=[("grpc.max_receive_message_length", LARGEST_MESSAGE_BYTES)]
    )
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(LanguageHost(engine_address, children), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    while not stopped.wait(ENGINE_CHECK_SECONDS) and os.getppid() == engine_process:
        pass
    children.stop_all()
    server.stop(grace=None).wait()


if __name__ == "__main__":
    serve(sys.argv[-1] if len(sys.argv) > 1 else "")
    os._exit(0)  # calls that are still open hold threads that a normal exit would wait for
