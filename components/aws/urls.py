"""URLs with credentials in them."""

from urllib.parse import quote

import pulumi


def escaped(text: pulumi.Input[str]) -> pulumi.Output[str]:
    """Return `text` as the user or the password of a URL: whatever it holds, a client reads the same back."""
    return pulumi.Output.from_input(text).apply(lambda value: quote(value, safe=""))


def postgres_url(
    user_information: pulumi.Output[str], host: pulumi.Output[str], port: int, database_name: str
) -> pulumi.Output[str]:
    """Return the URL of a PostgreSQL server over verified TLS; a secret."""
    location = f":{port}/{database_name}?sslmode=verify-full"
    url: pulumi.Output[str] = pulumi.Output.concat("postgresql://", user_information, "@", host, location)
    return pulumi.Output.secret(url)
