"""docs/providers.md: our own providers, their types, and what was never asked of the real vendors."""

from importlib import import_module
from inspect import cleandoc
from typing import Any

from footing.markdown import table
from providers.description import Property, Resource, outputs, token
from providers.registry import VENDORS

INTRODUCTION = """\
# Our own providers

Generated from `providers/` by `footing docs`: do not edit. The engine starts each by its path in
`Pulumi.yaml` when a stack has a resource of it; nothing is downloaded. [Decision
21](adr/0021-providers-of-our-own.md) says why there are any.

A token is read from the environment, and is in no state and in no message. A request is repeated when the
vendor answers 429 or, where that is safe, 5xx, with pauses of at most 30 seconds. What the vendor accepted
keeps its id, whatever fails afterwards, and the next `up` finishes it; a creation whose answer was lost is
looked for before anything is made again. What is deleted elsewhere is noticed by `pulumi refresh`. Types
marked as holding data are protected unless a program says otherwise.

Each was proved on the real engine against a fake of its vendor (`tests/engine/test_provider_*.py`), whose
requests and answers are held to the vendor's published API: `simulator/vendors/contracts/`, renewed by
`python -m simulator.vendors.contracts VENDOR`. A try-out (`make up`) starts the same fakes. **No real vendor
was ever asked**; what that leaves open stands below.

"""


def providers_page() -> str:
    """Return the whole page."""
    modules = {name: import_module(f"providers.{name}.vendor") for name in VENDORS}
    headers = ("provider", "asks", "variables with the token", "another address")
    rows = [
        (
            f"[`{it.VENDOR.package}`](#{it.VENDOR.package})",
            it.VENDOR.endpoint,
            ", ".join(f"`{name}`" for name in it.VENDOR.credentials),
            f"`{it.VENDOR.endpoint_variable}`",
        )
        for it in modules.values()
    ]
    page = INTRODUCTION + table(headers, rows)
    for module in modules.values():
        unproven = cleandoc(module.__doc__ or "").partition("\n")[2].strip()
        page += f"\n## {module.VENDOR.package}\n\n{unproven}\n"
        page += "".join(_type(cls) for cls in module.VENDOR.handlers)
    return page


def _type(cls: type[Resource]) -> str:
    rows = [(f"`{name}`", it.text, _words(it)) for name, it in outputs(cls).items()]
    data = " It holds data." if cls.holds_data else ""
    return f"\n### `{token(cls)}`\n\n{cleandoc(cls.__doc__ or '')}{data}\n\n" + table(("property", "", ""), rows)


def _words(described: Property[Any]) -> str:
    facts = {
        "required": described.required,
        "computed": described.computed,
        "secret": described.secret,
        "replaces": described.replaces,
    }
    return ", ".join(name for name, holds in facts.items() if holds)
