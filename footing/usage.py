"""What a wrong use of the command line is told: one sentence, as for a wrong stack file."""

import re

import typer


def usage_sentence(error: typer.TyperException) -> str:
    """Return `error` as one line: the command, what is wrong, and what would be right or where that is told."""
    context, parameter = getattr(error, "ctx", None), getattr(error, "param", None)
    said = " ".join(error.format_message().replace("Value error, ", "").split()).rstrip(".")
    if said.startswith("Missing"):
        meaning = str(getattr(parameter, "help", None) or "").rstrip(".")
        said += f": {meaning}" if meaning else ""
    said = said[:1].lower() + said[1:].replace(". Did you mean", "; did you mean")
    said = re.sub(r" \(Possible options: (.*)\)", r"; did you mean \1?", said)
    # Of an option without its value the parser does not tell the command.
    return f"{context.command_path}: {said} (`{context.command_path} --help`)" if context else f"footing: {said}"
