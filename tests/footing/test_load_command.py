"""`footing load`: what is refused, which address is asked, and the exit code."""

import json
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from msgspec import Struct

from footing.cli import main

ROOT = Path(__file__).parents[2]
AUTH_KEY = "edge.rate_limits.auth.requests_per_minute"


class Done(Struct):
    returncode: int
    stdout: str
    stderr: str


Load = Callable[..., Done]


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Load:
    """The command in this process, where nobody answers a question."""

    def run(*arguments: str, directory: Path = ROOT, **variables: str) -> Done:
        for name in ("API_URL", "BASE_URL", "K6_BASE_URL"):
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(directory)
        monkeypatch.setattr("sys.argv", ["footing", "load", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        return Done(int(ended.value.code or 0), *capsys.readouterr())

    return run


class Origin(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    ThreadingHTTPServer.request_queue_size = 128
    server = ThreadingHTTPServer(("127.0.0.1", 0), Origin)
    server.daemon_threads, server.block_on_close = True, False
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("arguments", "variables", "words"),
    [
        (("production", "smoke"), {}, "stack production: people use it"),
        (("production", "smoke", "--url", "http://127.0.0.1:9"), {}, "Given without --against-production"),
        (("staging", "smoke", "--url", "https://api.feed.example/x"), {}, "--url: given api.feed.example"),
        (("staging", "smoke"), {"BASE_URL": "https://feed.example"}, "BASE_URL: given feed.example"),
        (("staging", "smoke"), {"API_URL": "feed.example"}, "API_URL: given feed.example, allowed https://HOST"),
        (("staging", "smoke", "--url", "ftp://a"), {}, "--url: given ftp://a"),
        (("staging", "smoke", "--url", "https://me:hidden@a.example"), {}, "no login"),
        (("staging", "none"), {}, "given the scenario 'none', allowed smoke, load, stress, day-one"),
        (("staging", "smoke", "--users", "0"), {}, "--users"),
        (("staging", "smoke", "--distributed", "--url", "http://a"), {}, "load_generator.fargate: missing"),
        (("staging", "--json", "x"), {}, ""),
        (("production", "smoke", "--system", "synckairos"), {}, "people use it"),
    ],
)  # fmt: skip
def test_wrong_use_and_production_are_refused_before_anything_is_sent(
    load: Load, arguments: tuple[str, ...], variables: dict[str, str], words: str
):
    done = load(*arguments, **variables)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert "hidden" not in done.stderr


def test_list_shows_what_the_stack_offers(load: Load):
    done = load("production", "--list", "--system", "fairtradeworker")
    assert done.returncode == 0
    [day_one] = [line for line in done.stdout.splitlines() if "day-one" in line]
    assert "2,000 users for 900 s, who stand for 20,000 people" in day_one
    assert "auth-brute-force" in done.stdout


def test_run_is_held_to_the_limits_and_the_flag_lets_production_be_loaded(load: Load, origin: str, tmp_path: Path):
    files = (tmp_path / "run.json", tmp_path / "run.html")
    # Without objectives of time, which a busy machine breaks.
    stack = tmp_path / "Pulumi.production.yaml"
    more = "  footing:objectives: {preset: none}\n  footing:load_generator: {reads_saved: 0.5}\n"
    stack.write_text((ROOT / "Pulumi.production.yaml").read_text() + more)
    short = (
        "--config-file",
        str(stack),
        "--duration-seconds",
        "2",
        "--json",
        str(files[0]),
        "--html",
        str(files[1]),
    )
    done = load(
        "production", "smoke", "--against-production", *short, API_URL=origin, BASE_URL="http://127.0.0.1:9"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(files[0].read_text())
    assert (told["url"], told["passed"], told["users"]) == (origin, True, 10)
    # Nothing there tells of a cache: neither kept nor silent.
    assert {it["measure"] for it in told["limits"] if it["state"] == "not measured"} == {"reads_saved"}
    assert "<svg" in files[1].read_text()
    broken = load("staging", "auth-brute-force", "--url", origin, "--duration-seconds", "2", "--json", "-")
    assert broken.returncode == 1
    passing, refused = json.loads(broken.stdout)["findings"]
    # A busy machine sends the last one too late.
    assert re.fullmatch(
        rf"requests that pass in a minute: measured \d+, allowed at most 20 \({AUTH_KEY}\)", passing
    )
    assert refused == f"requests refused with 429: measured 0, allowed at least 1 ({AUTH_KEY})"


def test_stack_of_another_folder_is_refused_by_its_neighbours(load: Load, tmp_path: Path):
    for name in ("Pulumi.yaml", "Pulumi.staging.yaml", "__main__.py"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copy(ROOT / "Pulumi.production.yaml", tmp_path / "Pulumi.live.yaml")
    done = load("staging", "smoke", "--url", "https://feed.example", directory=tmp_path)
    assert (done.returncode, "it is of Pulumi.live.yaml" in done.stderr) == (2, True)
