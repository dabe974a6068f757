"""Essentials subscriptions of Redis Cloud, and the databases in them.

https://redis.io/docs/latest/operate/rc/api/api-reference/
"""

from collections.abc import Mapping
from ipaddress import ip_network
from typing import Any

from providers._server.api import Api
from providers._server.handler import Accepted, Found, Handler
from providers.rediscloud.tasks import GONE, finish, make, ready, remove
from wire_format import Properties, is_unknown

SUBSCRIPTIONS = "/fixed/subscriptions"
PAGE = 100
ALERTS = ("datasets-size", "throughput-higher-than", "throughput-lower-than", "latency", "connections-limit")


class SubscriptionHandler(Handler):
    """Subscriptions."""

    def create(self, api: Api, given: Properties, accepted: Accepted) -> Properties:
        """Make a subscription, and wait for it."""

        def alike() -> Mapping[str, str]:
            every = (api.find(SUBSCRIPTIONS) or {}).get("subscriptions") or []
            wanted = (given["name"], given["planId"])
            return {str(it["id"]): str(it["id"]) for it in every if (it["name"], it["planId"]) == wanted}

        body = self._body(given)
        if given.get("paymentMethod") is not None:
            body["paymentMethod"] = given["paymentMethod"]
        return self._ready(api, make(api, SUBSCRIPTIONS, body, alike, accepted))

    def read(self, api: Api, id_: str, given: Properties) -> Found | None:
        """Return a subscription."""
        found = api.find(f"{SUBSCRIPTIONS}/{id_}")
        if found is None or found["status"] in GONE:
            return None
        optional = {
            "paymentMethod": found.get("paymentMethodType"),
            "paymentMethodId": found.get("paymentMethodId"),
        }
        inputs = {key: value for key, value in optional.items() if given.get(key) is not None or not given}
        return Found({"name": found["name"], "planId": found["planId"], **inputs}, {"subscriptionId": int(id_)})

    def update(self, api: Api, id_: str, olds: Properties, news: Properties) -> Properties:  # noqa: ARG002
        """Change name, plan and card."""
        ready(api, f"{SUBSCRIPTIONS}/{id_}")
        finish(api, api.call("PUT", f"{SUBSCRIPTIONS}/{id_}", self._body(news)))
        return self._ready(api, id_)

    def delete(self, api: Api, id_: str, given: Properties) -> None:  # noqa: ARG002
        """Delete a subscription."""
        remove(api, f"{SUBSCRIPTIONS}/{id_}")

    def _body(self, given: Properties) -> dict[str, Any]:
        body = {"name": given["name"], "planId": given["planId"]}
        if given.get("paymentMethodId") is not None:
            body["paymentMethodId"] = given["paymentMethodId"]
        return body

    def _ready(self, api: Api, id_: str) -> Properties:
        ready(api, f"{SUBSCRIPTIONS}/{id_}")
        return {"subscriptionId": int(id_)}


class DatabaseHandler(Handler):
    """Databases; an id is `SUBSCRIPTION/DATABASE`."""

    def create(self, api: Api, given: Properties, accepted: Accepted) -> Properties:
        """Make a database, and wait for it."""
        subscription = str(given["subscriptionId"])
        page = f"{SUBSCRIPTIONS}/{subscription}/databases"

        def alike() -> Mapping[str, str]:
            every = ((api.find(page, {"offset": 0, "limit": PAGE}) or {}).get("subscription") or {}).get(
                "databases"
            )
            return {
                str(it["databaseId"]): str(it["databaseId"]) for it in every or () if it["name"] == given["name"]
            }

        body = self._body(given)
        if given.get("protocol") is not None:
            body["protocol"] = given["protocol"]
        database = make(api, page, body, alike, lambda id_: accepted(f"{subscription}/{id_}"))
        return self._computed(ready(api, self._page(f"{subscription}/{database}")))

    def read(self, api: Api, id_: str, given: Properties) -> Found | None:
        """Return a database, its TLS and its addresses as Redis Cloud has them."""
        found = api.find(self._page(id_))
        if found is None or found["status"] in GONE:
            return None
        security, backup = found.get("security") or {}, found.get("backup") or {}
        seen = security.get("sourceIps") or []
        same = sorted(seen) == sorted(given.get("sourceIps") or ())
        optional = {
            "protocol": found["protocol"],
            "alerts": {it["name"]: it["value"] for it in found.get("alerts") or ()},
            "periodicBackupPath": backup.get("destination"),
        }
        inputs = {
            "subscriptionId": int(id_.split("/", maxsplit=1)[0]),
            "name": found["name"],
            "dataPersistence": found["dataPersistence"],
            "dataEvictionPolicy": found["dataEvictionPolicy"],
            "replication": found["replication"],
            "enableTls": bool(security.get("enableTls")),
            "sourceIps": given["sourceIps"] if same and seen else seen,
            **{key: value for key, value in optional.items() if given.get(key) is not None or not given},
        }
        return Found({key: it for key, it in inputs.items() if it is not None}, self._computed(found))

    def update(self, api: Api, id_: str, olds: Properties, news: Properties) -> Properties:  # noqa: ARG002
        """Change everything but the protocol."""
        ready(api, self._page(id_))
        finish(api, api.call("PUT", self._page(id_), self._body(news)))
        return self._computed(ready(api, self._page(id_)))

    def delete(self, api: Api, id_: str, given: Properties) -> None:  # noqa: ARG002
        """Delete a database with its data."""
        remove(api, self._page(id_))

    def faults(self, given: Properties) -> list[tuple[str, str]]:
        """Refuse addresses that are none, no address at all, which would be everybody, and unknown alerts."""
        faults = []
        ranges = given["sourceIps"]
        if isinstance(ranges, list):
            if not ranges:
                faults.append(
                    ("sourceIps", "is empty, which Redis Cloud takes for everybody: allowed is 0.0.0.0/0")
                )
            wrong = [it for it in ranges if not is_unknown(it) and not _is_range(it)]
            faults += [("sourceIps", f"given {it!r}, allowed an address or a range") for it in wrong]
        alerts = given.get("alerts")
        for name in alerts if isinstance(alerts, Mapping) else ():
            if name not in ALERTS:
                faults.append(("alerts", f"given {name}, allowed {', '.join(ALERTS)}"))
        return faults

    def _page(self, id_: str) -> str:
        subscription, database = id_.split("/")
        return f"{SUBSCRIPTIONS}/{subscription}/databases/{database}"

    def _body(self, given: Properties) -> dict[str, Any]:
        """Return what a new database and an old one take; TLS and addresses always."""
        names = ("name", "dataPersistence", "dataEvictionPolicy", "replication", "enableTls", "sourceIps")
        body = {name: given[name] for name in names}
        if given.get("periodicBackupPath") is not None:
            body["periodicBackupPath"] = given["periodicBackupPath"]
        if given.get("alerts") is not None:
            body["alerts"] = [{"name": name, "value": value} for name, value in sorted(given["alerts"].items())]
        return body

    def _computed(self, found: Any) -> Properties:
        host, _, port = (found.get("publicEndpoint") or "").rpartition(":")
        return {
            "databaseId": found["databaseId"],
            "host": host,
            "port": int(port) if port else None,
            "password": (found.get("security") or {}).get("password"),
        }


def _is_range(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True
