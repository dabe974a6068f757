"""Parameters of Systems Manager.

Parameters: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
"""

from simulator.identity import arn
from simulator.moto_aws.kind import Call, Created, Existing, Kind, deletion, without
from wire_format import Properties

_RENAMES = {"keyId": "KeyId", "insecureValue": "Value", "valueWo": "Value"}
_PROVIDER_ONLY = {"arn", "overwrite", "tags"}


def _put(call: Call, inputs: Properties, *, overwrite: bool) -> Properties:
    sent = without(inputs, *_PROVIDER_ONLY)
    # AWS refuses tags together with Overwrite.
    tags = {"tags": inputs["tags"]} if inputs.get("tags") and not overwrite else {}
    made = call.send("ssm", "put_parameter", {**sent, **tags}, _RENAMES, Overwrite=overwrite)
    name = inputs["name"]
    return {
        "arn": arn("ssm", f"parameter/{name.removeprefix('/')}", region=call.region),
        "dataType": inputs.get("dataType") or "text",
        "tier": inputs.get("tier") or "Standard",
        "value": inputs.get("value") or inputs.get("insecureValue") or "",
        "version": made["Version"],
    }


def _create(call: Call, inputs: Properties) -> Created:
    overwrite = bool(inputs.get("overwrite"))
    return Created(inputs["name"], _put(call, inputs, overwrite=overwrite))


def _update(call: Call, _existing: Existing, news: Properties) -> Properties:
    return {"version": _put(call, news, overwrite=True)["version"]}


KINDS = {
    "aws:ssm/parameter:Parameter": Kind(
        create=_create, delete=deletion("ssm", "delete_parameter", "Name"), update=_update
    )
}
