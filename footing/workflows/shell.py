"""Commands of a shell script, as far as a judge of workflows has to read them."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

_ENDS = re.compile(r"(&&|\|\||;|\n|\||\$\(|`|(?<!\\)\)|(?<![<>])&)")
_EXPRESSION = re.compile(r"\$\{\{.*?\}\}", re.DOTALL)
_BEFORE = {"sudo", "time", "exec", "env", "command", "then", "do", "else", "if", "!", "nohup"}


@dataclass(frozen=True, kw_only=True)
class Command:
    """One command of a script."""

    words: tuple[str, ...]
    """Its words, without quotes; variables and `${{ }}` as they are written."""
    piped: bool
    """Whether what it prints goes into another command or a file."""

    @property
    def text(self) -> str:
        """Its words with spaces between."""
        return " ".join(self.words)

    def calls(self, *names: str) -> bool:
        """Return whether it is the program, or its subcommand, of these names: `aws ecs update-service`."""
        program, *rest = names
        if not self.words or self.words[0].rpartition("/")[2] != program:
            return False
        plain = iter(it for it in self.words[1:] if not it.startswith("-"))
        return all(name in plain for name in rest)

    def options(self) -> dict[str, str]:
        """Return its options with their values, which are empty for a flag."""
        found: dict[str, str] = {}
        for word, after in zip(self.words, [*self.words[1:], "-"], strict=True):
            if word.startswith("--"):
                name, _, value = word.partition("=")
                found[name] = value or ("" if after.startswith("-") else after)
        return found


def commands(script: str) -> Iterator[Command]:
    """Yield the commands of a script; quotes hold their text together, and comments are none."""
    kept: list[str] = []

    def keep(text: str) -> str:
        kept.append(text)
        return f"\0{len(kept) - 1}\0"

    # Quotes, expressions and comments first: what separates commands means nothing in them.
    held = _EXPRESSION.sub(lambda it: keep(it[0]), script.replace("\\\n", " "))
    held = re.sub(r"'[^']*'|\"(?:\\.|[^\"\\])*\"", lambda it: keep(it[0]), held)
    held = re.sub(r"(?m)(^|\s)#.*$", r"\1", held)
    parts = _ENDS.split(held)
    for part, end in zip(parts[::2], [*parts[1::2], ""], strict=True):
        words = [_restored(word, kept) for word in part.split()]
        while words and (words[0] in _BEFORE or re.match(r"\w+=", words[0])):
            words.pop(0)
        into_file = any(re.match(r"\d?>", word) for word in words)
        if words:
            yield Command(words=tuple(words), piped=end == "|" or into_file)
    for text in kept:
        # A substitution in double quotes runs as well.
        if text.startswith('"'):
            for dollar, back in re.findall(r"\$\(([^()]*)\)|`([^`]*)`", text):
                yield from commands(dollar or back)


def _restored(word: str, kept: list[str]) -> str:
    while found := re.search(r"\0(\d+)\0", word):
        text = kept[int(found[1])]
        if text[0] in "'\"":
            try:
                text = shlex.split(text)[0]
            except (ValueError, IndexError):
                text = text[1:-1]
        word = word.replace(found[0], text)
    return word
