"""A fake of Redis Cloud's API: Essentials subscriptions and databases, and the tasks that make them."""

from typing import Any, ClassVar

from simulator.vendors.fake import TOKEN, AbsentError, Answer, Fake, Request, operation

_SUBSCRIPTIONS = "/fixed/subscriptions"
_SUBSCRIPTION = _SUBSCRIPTIONS + "/{subscriptionId}"
_DATABASES = _SUBSCRIPTION + "/databases"
_DATABASE = _DATABASES + "/{databaseId}"
_STEPS = ("", "received", "processing-in-progress", "processing-completed")
"""What becomes of a task with each request: at first it is unknown; what it makes is seen from the third on."""


class RedisCloud(Fake):
    """Subscriptions by id. `failing` in the state are the commands whose tasks fail."""

    vendor = "rediscloud"
    endpoint_variable = "FOOTING_REDISCLOUD_ENDPOINT"
    credentials: ClassVar = {"x-api-key": TOKEN, "x-api-secret-key": TOKEN}
    environment: ClassVar = {"REDISCLOUD_ACCESS_KEY": TOKEN, "REDISCLOUD_SECRET_KEY": TOKEN}

    def empty(self) -> dict[str, Any]:
        """Return no subscription."""
        return {"subscriptions": {}, "tasks": {}, "failing": []}

    def _checked(self, name: str, request: Request) -> Answer:
        """Answer, every task one step further."""
        for task in self.state["tasks"].values():
            self._step(task)
        return super()._checked(name, request)

    @operation("GET /tasks/{taskId}")
    def get_task(self, request: Request) -> Answer:
        """Return a task; of what it makes, the id as soon as that can be seen."""
        task = self._of(self.state["tasks"], request.names["taskId"])
        shown = {"taskId": task["id"], "commandType": task["command"], "status": task["status"]}
        if task["error"]:
            return Answer(200, {**shown, "response": {"error": task["error"]}})
        told = {"resourceId": int(task["of"][-1])} if task["status"] in _STEPS[2:] else {}
        return Answer(200, {**shown, "response": told})

    @operation(f"GET {_SUBSCRIPTIONS}")
    def list_subscriptions(self, request: Request) -> Answer:  # noqa: ARG002
        """Return every subscription."""
        shown = [_subscription(it) for it in self.state["subscriptions"].values() if it["status"]]
        return Answer(200, {"subscriptions": shown})

    @operation(f"POST {_SUBSCRIPTIONS}")
    def create_subscription(self, request: Request) -> Answer:
        """Make a subscription, by a task."""
        id_, body = str(100_000 + self.number()), request.body
        paid = {"paymentMethodType": body.get("paymentMethod", "credit-card"), "paymentMethodId": 30_949}
        self.state["subscriptions"][id_] = {"id": int(id_), "databases": {}, "status": "", **paid, **body}
        return self._begin("fixedSubscriptionCreateRequest", id_)

    @operation(f"GET {_SUBSCRIPTION}")
    def get_subscription(self, request: Request) -> Answer:
        """Return a subscription."""
        return Answer(200, _subscription(self._own(request)))

    @operation(f"PUT {_SUBSCRIPTION}")
    def update_subscription(self, request: Request) -> Answer:
        """Change a subscription, by a task."""
        self._own(request)
        return self._begin("fixedSubscriptionUpdateRequest", request.names["subscriptionId"], change=request.body)

    @operation(f"DELETE {_SUBSCRIPTION}")
    def delete_subscription(self, request: Request) -> Answer:
        """Delete a subscription, by a task, which fails with a database in it."""
        self._own(request)
        return self._begin("fixedSubscriptionDeleteRequest", request.names["subscriptionId"])

    @operation(f"GET {_DATABASES}")
    def list_databases(self, request: Request) -> Answer:
        """Return every database of a subscription, without its password."""
        subscription = self._own(request)
        shown = [_database(it, told=False) for it in subscription["databases"].values() if it["status"]]
        return Answer(200, {"subscription": {"subscriptionId": subscription["id"], "databases": shown}})

    @operation(f"POST {_DATABASES}")
    def create_database(self, request: Request) -> Answer:
        """Make a database, by a task: open to all and without TLS, where the request does not say otherwise."""
        subscription, id_ = self._own(request), str(51_000_000 + self.number())
        subscription["databases"][id_] = {
            "databaseId": int(id_),
            "status": "",
            "protocol": "stack",
            "dataPersistence": "none",
            "dataEvictionPolicy": "volatile-lru",
            "replication": False,
            "enableTls": False,
            "sourceIps": ["0.0.0.0/0"],
            "alerts": [],
            "password": f"battery{id_}",
            **request.body,
        }
        return self._begin("fixedDatabaseCreateRequest", request.names["subscriptionId"], id_)

    @operation(f"GET {_DATABASE}")
    def get_database(self, request: Request) -> Answer:
        """Return a database with its password."""
        return Answer(200, _database(self._database(request), told=True))

    @operation(f"PUT {_DATABASE}")
    def update_database(self, request: Request) -> Answer:
        """Change a database, by a task."""
        self._database(request)
        return self._begin("fixedDatabaseUpdateRequest", *request.names.values(), change=request.body)

    @operation(f"DELETE {_DATABASE}")
    def delete_database(self, request: Request) -> Answer:
        """Delete a database, by a task."""
        self._database(request)
        return self._begin("fixedDatabaseDeleteRequest", *request.names.values())

    def _begin(self, command: str, *of: str, change: Any = None) -> Answer:
        id_ = f"00000000-0000-4000-8000-{self.number():012d}"
        task = {
            "id": id_,
            "command": command,
            "of": of,
            "step": -1,
            "status": "",
            "error": None,
            "change": change or {},
        }
        self.state["tasks"][id_] = task
        return Answer(202, {"taskId": id_})

    def _step(self, task: dict[str, Any]) -> None:
        """Carry a task one step further."""
        subscription, *database = task["of"]
        things = self.state["subscriptions"]
        if database:
            things, subscription = things.get(subscription, {"databases": {}})["databases"], database[0]
        if task["status"] in (_STEPS[-1], "processing-error") or subscription not in things:
            return
        thing, command = things[subscription], task["command"]
        task["step"] += 1
        task["status"] = _STEPS[task["step"]]
        refused = command in self.state["failing"] or (
            command.endswith("DeleteRequest") and thing.get("databases")
        )
        made = command.endswith("CreateRequest")
        if refused and task["status"] == _STEPS[2]:
            task["status"] = "processing-error"
            task["error"] = {"type": "NOT_POSSIBLE", "status": "409 CONFLICT", "description": "it is refused"}
            if made:
                del things[subscription]
        elif task["status"] == _STEPS[2] and made:
            thing["status"] = "pending"
        elif task["status"] == _STEPS[3]:
            thing.update(task["change"], status="active")
            if command.endswith("DeleteRequest"):
                del things[subscription]

    def _of(self, things: dict[str, Any], id_: str) -> Any:
        if id_ not in things or not things[id_]["status"]:
            raise AbsentError(f"{id_} not found")
        return things[id_]

    def _own(self, request: Request) -> dict[str, Any]:
        found: dict[str, Any] = self._of(self.state["subscriptions"], request.names["subscriptionId"])
        return found

    def _database(self, request: Request) -> dict[str, Any]:
        found: dict[str, Any] = self._of(self._own(request)["databases"], request.names["databaseId"])
        return found


FAKE = RedisCloud


def _subscription(found: dict[str, Any]) -> dict[str, Any]:
    told = ("id", "name", "status", "planId", "paymentMethodType", "paymentMethodId")
    return {name: found[name] for name in told}


def _database(found: dict[str, Any], *, told: bool) -> dict[str, Any]:
    """Return a database as an answer has it; `told` is whether with its password."""
    secrets = ("password", "enableTls", "sourceIps")
    security = {name: found[name] for name in secrets if told or name != "password"}
    backup = {"remoteBackupEnabled": "periodicBackupPath" in found, "status": "idle"}
    if path := found.get("periodicBackupPath"):
        backup |= {"destination": path, "interval": "every-24-hours"}
    host = f"redis-12345.c{found['databaseId']}.us-east-1-1.ec2.cloud.redislabs.com:12345"
    return {
        **{name: value for name, value in found.items() if name not in (*secrets, "periodicBackupPath")},
        **({"publicEndpoint": host} if found["status"] == "active" else {}),
        "security": security,
        "backup": backup,
    }
