"""Errors of botocore, moto and the cloud's own rules as one sentence without values."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from simulator.moto_aws.kind import UnsupportedError

# botocore quotes the offending value; it may be a password.
_QUOTED_VALUE = re.compile(r", value: .*?(?=, (?:type|valid))", re.DOTALL)


class RefusedError(Exception):
    """The simulated cloud refuses an operation; the message says why."""


@contextmanager
def refusals(token: str) -> Iterator[None]:
    """Raise what botocore or moto refuse as a `RefusedError` that names the type and the parameter."""
    from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

    try:
        yield
    except ParamValidationError as error:
        report = _QUOTED_VALUE.sub("", str(error.kwargs.get("report", error)))
        raise RefusedError(f"{token}: botocore refuses the parameters: {_line(report)}") from None
    except ClientError as error:
        details = error.response.get("Error", {})
        said = f"{error.operation_name} answers {details.get('Code')}: {details.get('Message')}"
        raise RefusedError(f"{token}: {_line(said)}") from None
    except (BotoCoreError, UnsupportedError) as error:
        raise RefusedError(f"{token}: {_line(str(error))}") from None
    except RefusedError:
        raise
    except Exception as error:
        gap = f"{type(error).__name__}: {error}"
        raise RefusedError(f"{token}: moto cannot do this with these inputs ({_line(gap)})") from error


def _line(text: str) -> str:
    return " ".join(text.split())
