"""A reader of Alloy's syntax, as far as our text uses it: enough to fail on a text that Alloy would not read.

Neither Alloy nor its parser can be installed where the tests run. Texts of each kind were accepted by the parser
of 1.18.1, built from its source, on 2026-11-23: https://grafana.com/docs/alloy/latest/get-started/syntax/
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

TOKEN = re.compile(
    r'(?P<text>"(?:[^"\\\n]|\\.)*")|(?P<word>[A-Za-z_][\w.]*(?:\("[^"]*"\))?)'
    r"|(?P<sign>[{}\[\]=,])|(?P<end>\n)|[ \t]+"
)


@dataclass
class Block:
    """One block: its name, its label, its attributes by name, the blocks within."""

    name: str
    label: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)
    blocks: list["Block"] = field(default_factory=list)

    def one(self, name: str, label: str = "") -> "Block":
        [found] = [it for it in self.blocks if it.name == name and it.label == label]
        return found


def read(text: str) -> Block:
    """The whole text as one block without a name; an error where it is not Alloy's syntax."""
    tokens, at = [], 0
    while at < len(text):
        found = TOKEN.match(text, at)
        assert found, f"not Alloy: {text[at : at + 30]!r}"
        at = found.end()
        if found.lastgroup:
            tokens.append((found.lastgroup, found.group()))
    reader = _Reader(tokens)
    root = Block("")
    reader.body(root, until=None)
    return root


class _Reader:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = [*tokens, ("over", "")]
        self._at = 0

    def _next(self, *, skip_lines: bool = False) -> tuple[str, str]:
        while skip_lines and self._tokens[self._at][0] == "end":
            self._at += 1
        token = self._tokens[self._at]
        self._at += 1
        return token

    def body(self, block: Block, *, until: str | None) -> None:
        while True:
            kind, text = self._next(skip_lines=True)
            if text == until or (until is None and kind == "over"):
                return
            assert kind == "word", f"a name is wanted, not {text!r}"
            self._statement(block, text)
            kind, after = self._next()
            assert kind in ("end", "over") or after == until, f"{after!r} on the line of {text}"

    def _statement(self, block: Block, name: str) -> None:
        kind, text = self._next()
        if text == "=":
            assert name not in block.attributes, f"{name} twice"
            block.attributes[name] = self._value(self._next())
            return
        label = text.strip('"') if kind == "text" else ""
        opened = self._next()[1] if kind == "text" else text
        assert opened == "{", f"{name} opens with {opened!r}"
        inner = Block(name, label)
        self.body(inner, until="}")
        assert all((it.name, it.label) != (name, label) or not label for it in block.blocks), f"{name} twice"
        block.blocks.append(inner)

    def _value(self, token: tuple[str, str]) -> Any:
        kind, text = token
        if kind == "text":
            return text[1:-1]
        if text == "[":
            return list(self._items())
        if text == "{":
            return dict(self._pairs())
        assert kind == "word", f"a value is wanted, not {text!r}"
        return ("expression", text)

    def _items(self) -> Iterator[Any]:
        token = self._next(skip_lines=True)
        while token[1] != "]":
            yield self._value(token)
            token = self._next(skip_lines=True)
            if token[1] == ",":
                token = self._next(skip_lines=True)

    def _pairs(self) -> Iterator[tuple[str, Any]]:
        token = self._next(skip_lines=True)
        while token[1] != "}":
            assert self._next()[1] == "="
            yield token[1].strip('"'), self._value(self._next())
            # Alloy wants a comma after each pair that ends its line.
            assert self._next()[1] == ","
            token = self._next(skip_lines=True)
