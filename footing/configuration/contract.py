"""The application's contract for people: the variables of each service."""

from collections.abc import Iterator

from stacks.config.stack import StackConfig
from stacks.config.variables import CONTRACT_VARIABLE
from stacks.contract import cache_contract, contract_variables


def variables_table(config: StackConfig) -> str:
    """Return each service with the variables of its contract, a line each; without any, the cache's alone."""
    return "\n".join(_lines(config)) or f"no service; CACHE_CONTRACT={cache_contract(config.cache)}"


def _lines(config: StackConfig) -> Iterator[str]:
    for name, service in config.services.items():
        yield f"services.{name} ({service.kind})"
        for variable, value in contract_variables(config, name).items():
            # It repeats the others, as one document.
            if variable != CONTRACT_VARIABLE:
                yield f"  {variable}={value}"
