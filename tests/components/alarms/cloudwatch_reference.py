"""A small reference of how CloudWatch evaluates an alarm: written for these tests from its documentation.

moto keeps alarms and does not evaluate them. This is a model, not CloudWatch: it looks at the newest
`evaluationPeriods` periods alone, where the real one may look further back when some of them are missing.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

import ast
import math
import operator
import re
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any

ALARM, OK, UNKNOWN = "ALARM", "OK", "INSUFFICIENT_DATA"
COMPARISONS = {"GreaterThanThreshold": operator.gt, "LessThanThreshold": operator.lt}
FILLED = {"breaching": True, "notBreaching": False}
FUNCTIONS = {"IF": 3, "FILL": 2, "ABS": 1, "CEIL": 1, "FLOOR": 1, "SUM": 1, "RUNNING_SUM": 1}
"""Functions of metric math that are understood, with the number of their arguments."""


def state(alarm: Mapping[str, Any], numbers: Sequence[float | None]) -> str:
    """State after the newest of `numbers`, one for each period; None where nothing was published."""
    newest = [None] * alarm["evaluationPeriods"] + list(numbers)
    newest = newest[-alarm["evaluationPeriods"] :]
    missing = alarm["treatMissingData"]
    if missing == "missing" and all(it is None for it in newest):
        return UNKNOWN
    beyond = COMPARISONS[alarm["comparisonOperator"]]
    breaching = sum(FILLED.get(missing, False) if it is None else beyond(it, alarm["threshold"]) for it in newest)
    return ALARM if breaching >= alarm.get("datapointsToAlarm", alarm["evaluationPeriods"]) else OK


def names(expression: str) -> set[str]:
    """Metrics that an expression reads; raises SyntaxError or ValueError where it is none."""
    found = set()
    for node in ast.walk(_parsed(expression)):
        if isinstance(node, ast.Call):
            function = ast.unparse(node.func)
            if FUNCTIONS.get(function) != len(node.args):
                raise ValueError(f"{function} of {len(node.args)} arguments")
        elif isinstance(node, ast.Name) and node.id not in FUNCTIONS:
            found.add(node.id)
    return found


def computed(expression: str, values: Mapping[str, float | None]) -> float | None:
    """The number of one period; None where a metric that is not filled is missing, or by 0 is divided."""
    return computed_series(expression, [values])[0]


def computed_series(expression: str, rows: Sequence[Mapping[str, float | None]]) -> list[float | None]:
    """The numbers of periods in a row, over which the sums of one metric go."""
    sums = _Sums(rows)
    tree = sums.visit(_parsed(expression)).body
    results = [_value(tree, values) for values in sums.rows]
    return [None if it is None or math.isnan(it) else float(it) for it in results]


class _Sums(ast.NodeTransformer):
    """Puts a column of its own in the place of each sum."""

    def __init__(self, rows: Sequence[Mapping[str, float | None]]) -> None:
        self.rows = [dict(it) for it in rows]

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        if ast.unparse(node.func) not in ("SUM", "RUNNING_SUM"):
            return node
        running = list(accumulate(_value(node.args[0], row) or 0 for row in self.rows))
        name = ast.unparse(node)
        for row, so_far in zip(self.rows, running, strict=True):
            row[name] = so_far if ast.unparse(node.func) == "RUNNING_SUM" else running[-1]
        return ast.Name(name)


def _parsed(expression: str) -> ast.Expression:
    text = re.sub(r"\|\|", " or ", re.sub(r"&&|\bAND\b", " and ", expression))
    return ast.parse(text.strip(), mode="eval")


_OPERATORS: dict[type, Any] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Eq: operator.eq,
}


def _value(node: ast.expr, values: Mapping[str, float | None]) -> Any:
    match node:
        case ast.Constant():
            return node.value
        case ast.Name():
            return values[node.id]
        case ast.BinOp():
            return _both(node.op, _value(node.left, values), _value(node.right, values))
        case ast.Compare():
            return _both(node.ops[0], _value(node.left, values), _value(node.comparators[0], values))
        case ast.BoolOp():
            parts = [_value(it, values) for it in node.values]
            return all(parts) if isinstance(node.op, ast.And) else any(parts)
        case ast.Call(func=ast.Name(id="IF")):
            condition = _value(node.args[0], values)
            return None if condition is None else _value(node.args[1 if condition else 2], values)
        case ast.Call(func=ast.Name(id="FILL")):
            given = _value(node.args[0], values)
            return _value(node.args[1], values) if given is None else given
        case _:
            raise ValueError(f"not understood: {ast.unparse(node)}")


def _both(how: ast.AST, left: Any, right: Any) -> Any:
    if left is None or right is None or (isinstance(how, ast.Div) and right == 0):
        return None
    return _OPERATORS[type(how)](left, right)
