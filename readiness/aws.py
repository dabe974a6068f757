"""Asking AWS by boto3: calls that read, each once, whatever number of checks look at its answer."""

import re
from collections.abc import Mapping
from concurrent.futures import Future
from datetime import UTC, datetime
from threading import Lock
from typing import Any, Final

from observability import AwsQuestion
from readiness.answer import AbsentError, Askers, NotAskedError
from readiness.context import LiveStack, filled

READS: Final = re.compile(r"(BatchGet|Describe|Get|List|Search)[A-Z]\w*")
"""Operations that read, as AWS names them."""
GIVES_SECRETS: Final = re.compile(
    r"(BatchGet|Get)(Secret\w*|Parameter\w*|\w*Token|\w*Credentials\w*|PasswordData|RandomPassword)"
)
"""Operations that read and whose answer is a secret."""
ABSENT: Final = re.compile(r"NotFound|NoSuch|DoesNotExist|NotExist|Missing|404")
"""Part of an error's code that says that there is no such thing."""
CONNECT_SECONDS, READ_SECONDS = 3, 8
"""How long a connection, and then an answer, may take, in seconds."""
NO_CREDENTIALS: Final = "there are no credentials of AWS: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and its secret"


def askers(live: LiveStack) -> Askers:
    """Return who asks AWS."""
    return {AwsQuestion: AwsAsker(live)}


def refusal(question: AwsQuestion) -> str | None:
    """Return why a question is never asked; None where it only reads, and no secret."""
    if not READS.fullmatch(question.operation):
        return f"{question.service}:{question.operation} is no operation that only reads"
    if GIVES_SECRETS.fullmatch(question.operation):
        return f"{question.service}:{question.operation} answers with a secret"
    return None


class AwsAsker:
    """Asks AWS; a call that two checks share is made once."""

    def __init__(self, live: LiveStack) -> None:
        self._live = live
        self._lock = Lock()
        self._clients: dict[tuple[str, str], Any] = {}
        self._answers: dict[str, Future[Any]] = {}

    def __call__(self, question: AwsQuestion) -> object:
        """Return the value at the question's path.

        Raises:
            NotAskedError: it is no question that only reads, or AWS does not answer it.
            AbsentError: AWS knows no such thing.

        """
        if why := refusal(question):
            raise NotAskedError(why)
        asked = filled(question, self._live)
        try:
            import jmespath
        except ImportError:
            raise NotAskedError("AWS is asked by boto3: install footing[ready]") from None
        return jmespath.search(asked.path, self._answer(asked))

    def _answer(self, asked: AwsQuestion) -> Any:
        region = asked.region or self._live.region
        key = f"{asked.service} {asked.operation} {region} {sorted(asked.parameters.items())}"
        with self._lock:
            known = self._answers.get(key)
            promised = self._answers.setdefault(key, Future())
        if known is None:
            try:
                promised.set_result(_ages(self._call(asked, region)))
            # The others who wait for the same answer have to know why there is none.
            except BaseException as error:  # noqa: BLE001
                promised.set_exception(error)
        return promised.result()

    def _call(self, asked: AwsQuestion, region: str) -> Any:
        from botocore import xform_name
        from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

        try:
            client = self._client(asked.service, region)
            return getattr(client, xform_name(asked.operation))(**asked.parameters)
        except NoCredentialsError:
            raise NotAskedError(NO_CREDENTIALS) from None
        except ClientError as error:
            code, message = (error.response.get("Error", {}).get(it, "") for it in ("Code", "Message"))
            kind = AbsentError if ABSENT.search(code) else NotAskedError
            raise kind(f"{asked.service}:{asked.operation}: {code}: {message}") from None
        except (BotoCoreError, NotImplementedError) as error:
            raise NotAskedError(f"{asked.service}:{asked.operation}: {error}") from None

    def _client(self, service: str, region: str) -> Any:
        import boto3
        from botocore.config import Config

        config = Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"total_max_attempts": 2, "mode": "standard"},
            max_pool_connections=16,
        )
        # Making a client is not safe from several threads, using one is:
        # https://boto3.amazonaws.com/v1/documentation/api/latest/guide/clients.html#multithreading-or-multiprocessing-with-clients
        with self._lock:
            if (service, region) not in self._clients:
                self._clients[service, region] = boto3.client(
                    service, region_name=region, endpoint_url=self._live.endpoint_url, config=config
                )
            return self._clients[service, region]


def _ages(value: Any) -> Any:
    """Return an answer with the age of each moment in seconds, which JMESPath can compare."""
    if isinstance(value, datetime):
        at = value if value.tzinfo else value.replace(tzinfo=UTC)
        return round((datetime.now(UTC) - at).total_seconds())
    if isinstance(value, Mapping):
        return {name: _ages(it) for name, it in value.items()}
    if isinstance(value, list):
        return [_ages(it) for it in value]
    return value
