"""URLs with credentials in them."""

from urllib.parse import quote

import pulumi


def escaped(text: pulumi.Input[str]) -> pulumi.Output[str]:
    """Return `text` as the user or the password of a URL: whatever it holds, a client reads the same back."""
    return pulumi.Output.from_input(text).apply(lambda value: quote(value, safe=""))
