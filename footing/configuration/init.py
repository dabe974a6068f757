"""The command `footing init`: the file of a new stack, at most 20 lines, which the models have checked."""

import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Final

import typer
from msgspec import Struct

from footing.options import USAGE

if TYPE_CHECKING:
    from stacks.config import StackConfig

PLACEHOLDER_IMAGE = (
    "public.ecr.aws/docker/library/busybox:1.37.0"
    "@sha256:bdf57e528e45e4433820e045b29b4597825a1c9e38353532d90a01445013f82e"
)
"""Small web server that runs as any user, writes to no disk, shows no variable, and whose registry has no ration.

https://hub.docker.com/_/busybox
"""

PLACEHOLDER_COMMAND = "cd /dev/shm && echo {app} | tee health >index.html && exec httpd -f -p $PORT"
"""Answers GET / and GET /health with 200: the memory of /dev/shm is writable on a read-only root file system."""

LIMITED_PLANS = ("free", "pro")
"""Plans of Cloudflare that lack some of the defaults."""


class Question(Struct, frozen=True):
    """Something that only the stack's owner knows."""

    option: str
    """Name of the option, without dashes."""
    text: str
    """What is asked on a terminal."""
    example: str
    """A right answer, which stands in until there is one."""
    keys: tuple[str, ...]
    """Keys of the stack file that hold the answer; the models' sentences begin with them."""


QUESTIONS: Final = (
    Question("app", "Name of the application", "shop", ("app", "owners", "redis.cache")),
    Question("domain", "Domain, as Cloudflare's zone", "shop.example", ("edge.zone", "edge.hostnames")),
    Question("region", "Region of AWS", "eu-central-1", ("region",)),
    Question("environment", "Environment, the stack's name as well", "live", ("environment",)),
)
CHOICES: Final = (
    Question("email", "", "", ("cloudwatch_alarms.email",)),
    Question("image", "", "", ("services.api.image",)),
    Question("plan", "", "free", ("edge.plan",)),
)
"""What has a default, and is an option alone."""


def init(
    app: Annotated[str | None, typer.Option(help="Name of the application; part of every physical name.")] = None,
    domain: Annotated[str | None, typer.Option(help="Registered domain, the zone at Cloudflare.")] = None,
    region: Annotated[str | None, typer.Option(help="Region of AWS.")] = None,
    environment: Annotated[str | None, typer.Option(help="Environment, and name of the stack.")] = None,
    email: Annotated[str | None, typer.Option(help="Who hears of alerts; ops@DOMAIN when left out.")] = None,
    image: Annotated[
        str | None, typer.Option(help="Image of the web service, by digest; a placeholder when left out.")
    ] = None,
    plan: Annotated[str, typer.Option(help="Plan at Cloudflare: free, pro, business, enterprise.")] = "free",
) -> None:
    """Write the file of a new stack, in which every default is production's; asks for what no option says."""
    from footing.project import root
    from stacks.config import from_file

    given = {"app": app, "domain": domain, "region": region, "environment": environment}
    given |= {"email": email, "image": image, "plan": plan}
    answers = _answers({name: it for name, it in given.items() if it is not None})
    path = root() / f"Pulumi.{answers['environment']}.yaml"
    text = stack_file_text(answers)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        _refuse(f"{path.name} is there already, and init overwrites no file: choose another environment")
    typer.echo(f"Wrote {path.name}, {len(text.splitlines())} lines.\n")
    typer.echo("\n".join(next_steps(answers, from_file(path).config)))


def stack_file_text(answers: Mapping[str, str]) -> str:
    """Return the stack file that says what was answered; what has no answer is left to its default."""
    from footing.configuration.words import shown

    said = {name: shown(it) for name, it in answers.items()}
    email = said.get("email") or shown(f"ops@{answers['domain']}")
    command = PLACEHOLDER_COMMAND.format(app=answers["app"])
    lines = [
        "# yaml-language-server: $schema=docs/stack.schema.json",
        "config:",
        f"  footing:app: {said['app']}",
        f"  footing:environment: {said['environment']}",
        f"  footing:region: {said['region']}",
        f"  footing:owners: {{team: {said['app']}}}",
        "  footing:database: {provider: rds}",
        "  footing:redis: {cache: {provider: elasticache, role: cache}}",
        "  footing:services:",
        "    api:",
        "      kind: web",
        f"      image: {said.get('image', PLACEHOLDER_IMAGE)}",
        *([] if "image" in said else [f"      command: {shown(['sh', '-c', command])}"]),
        "  footing:edge:",
        "    provider: cloudflare",
        f"    plan: {said['plan']}",
        *(["    when_plan_lacks: degrade"] if answers["plan"] in LIMITED_PLANS else []),
        f"    zone: {said['domain']}",
        f"    hostnames: [{said['domain']}]",
        f"  footing:cloudwatch_alarms: {{email: [{email}], severities: [page, ticket]}}",
    ]
    return "".join(f"{line}\n" for line in lines)


def next_steps(answers: Mapping[str, str], config: "StackConfig") -> Iterator[str]:
    """Yield what is to be done with the new stack, a line each."""
    from stacks.config.load import secret_command

    stack, service = answers["environment"], config.web["api"]
    yield "Next:"
    yield f"  make up STACK={stack}"
    yield "    applies it twice to a simulated cloud on this machine; nobody needs an account for that."
    yield f"  footing show {stack}"
    yield "    tells every default; `footing explain KEY` what a key means."
    yield "Before it is real (README.md, Deploy it for real):"
    if "image" not in answers:
        yield "- services.api.image is a placeholder, which answers with the application's name. Put in yours by"
        yield "  digest, and take `command` out."
    yield f"- An image listens on PORT, {service.port}, and answers GET {service.health_path} with"
    yield f"  {service.health_codes}; it runs as an unprivileged user on a read-only file system."
    if config.cloudwatch_alarms:
        yield f"- Alerts are mailed to {', '.join(config.cloudwatch_alarms.email)}, who confirms a first mail;"
        yield "  cloudwatch_alarms.email takes others."
    yield "- No secret is needed so far. One of your own, services.api.secrets: {STRIPE_KEY: config}, is set with"
    yield f"  {secret_command(stack, 'STRIPE_KEY')}"
    yield f"- While the first `pulumi up` waits for the certificate of {answers['domain']}, enter the name"
    yield "  servers that Cloudflare shows for it at the registrar."
    if answers["region"] == "us-west-1":
        yield "- An account sees two zones of us-west-1: name them in network.zones."


def faults(answers: Mapping[str, str]) -> dict[str, str]:
    """Return what is wrong with answers, the models' first sentence by option; what is not answered is right."""
    from policies import unique_yaml
    from stacks.config.errors import ConfigError
    from stacks.config.load import PROJECT, parse

    text = stack_file_text({**{it.option: it.example for it in QUESTIONS}, "plan": "free", **answers})
    values = unique_yaml.parse(text, days=False)["config"]
    found: dict[str, str] = {}
    try:
        parse("init", {key.removeprefix(f"{PROJECT}:"): it for key, it in values.items()})
    except ConfigError as error:
        for problem in error.problems:
            key, _, sentence = problem.partition(": ")
            asked = [it.option for it in (*QUESTIONS, *CHOICES) if key.startswith(it.keys)]
            found.setdefault(next((it for it in asked if it in answers), [*answers][-1]), sentence)
    return found


def _answers(given: dict[str, str]) -> dict[str, str]:
    """Return an answer to every question: those given, and those typed, each right."""
    for name, sentence in faults(given).items():
        _refuse(f"--{name}: {sentence}")
    asks = sys.stdin.isatty()
    for question in QUESTIONS:
        if question.option not in given and not asks:
            _refuse(f"--{question.option}: missing; required where no terminal can be asked")
        while question.option not in given:
            typed = str(typer.prompt(f"{question.text} (such as {question.example})")).strip()
            if sentence := faults({**given, question.option: typed}).get(question.option, ""):
                typer.echo(f"  {sentence}", err=True)
            else:
                given[question.option] = typed
    return given


def _refuse(sentence: str) -> None:
    typer.echo(sentence, err=True)
    raise typer.Exit(USAGE)
