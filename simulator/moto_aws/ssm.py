"""Parameters of Systems Manager.

Parameters: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
"""

from simulator.identity import arn
from simulator.moto_aws.kind import Call, Created, Kind, deletion, without
from wire_format import Properties

_RENAMES = {"keyId": "KeyId", "insecureValue": "Value", "valueWo": "Value"}


def _put(call: Call, inputs: Properties, *, overwrite: bool) -> Properties:
    # AWS refuses tags together with Overwrite.
    tags = {"tags": inputs["tags"]} if inputs.get("tags") and not overwrite else {}
    sent = {**without(inputs, "arn", "overwrite", "tags"), **tags}
    made = call.send("ssm", "put_parameter", sent, _RENAMES, Overwrite=overwrite)
    name = inputs["name"]
    return {
        "arn": arn("ssm", f"parameter/{name.removeprefix('/')}", region=call.region),
        "dataType": inputs.get("dataType") or "text",
        "tier": inputs.get("tier") or "Standard",
        "value": inputs.get("value") or inputs.get("insecureValue") or "",
        "version": made["Version"],
    }


KINDS = {
    "aws:ssm/parameter:Parameter": Kind(
        create=lambda call, inputs: Created(
            inputs["name"], _put(call, inputs, overwrite=bool(inputs.get("overwrite")))
        ),
        delete=deletion("ssm", "delete_parameter", "Name"),
        update=lambda call, _existing, news: {"version": _put(call, news, overwrite=True)["version"]},
    )
}
