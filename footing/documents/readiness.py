"""docs/readiness.md: how a stack is asked whether it is ready, and every check of production."""
# ruff: noqa: E501  a row of a table is one line

from footing.markdown import table

STACK = "production"

INTRODUCTION = """\
# Readiness

Generated from the checks of `Pulumi.production.yaml` by `footing docs`: do not edit.

```sh
footing ready production                                 # everything, as tables by group
footing ready production --profile t-7d                  # what gates that step of the launch
footing ready production --group database --group redis  # two groups
footing ready production --system nexod --junit          # of systems/nexod, for CI
footing ready production --simulated --json              # of the simulated cloud, as footing/readiness/1
```

It asks what runs and changes nothing: each check is a question with the answer that it wants, asked at the same time as
the others, for 10 seconds at the most (`--timeout-seconds`). Progress goes to stderr. It needs `pip install
'footing[ready]'`, the engine's login to the stack's state, and what each asker needs:

| who is asked | with what | what is sent |
|---|---|---|
| AWS | the credentials of the environment | operations that begin with Describe, Get, List or Search, and none whose answer is a secret |
| PostgreSQL | `READY_DATABASE_URL`; else the output `direct_url` of a database with a public address; else `DIRECT_URL`, `DATABASE_URL` | one statement in a transaction that reads only, for 5 seconds at the most, rolled back; four connections at once |
| PostgreSQL as the application | the output `pooled_url` of such a database, else `DATABASE_URL` | the same; where `database.write_test` is set, that INSERT, rolled back |
| PgBouncer | `PGBOUNCER_URL`, its console | SHOW |
| Redis | the output of a store with a public address, else `REDIS_URL`, `REDIS_URL_NAME` | PING, INFO, CONFIG GET; a key of its own with SET and with SETEX, 10 seconds at the most, deleted; a message on a channel of its own |
| the stack's outputs | the engine | nothing: what was applied last is compared with the file |
| programs of this machine | `tools`: `{node: 20, npm: 10}` | `node --version` |

A database or a store inside the network has no public address: `footing connect STACK database` opens a tunnel, and
its address goes into the variable.

## What becomes of a check

| outcome | means | exit code |
|---|---|---|
| holds | the answer is what was wanted | 0 |
| fails | it is another, or there is no such thing | 1 |
| not asked | nobody answered: no credentials, no tunnel, never applied, too late; the reason is in its place | 1, without `--allow-not-asked` |
| by hand | no program can ask; a person looks | 0, where something else holds |

Where nothing could be asked the exit code is 1 and stderr says so; wrong use or configuration is 2. Secrets are in no
text: what the engine marks as a secret is `[secret]`, and so is each password in an address.

`--junit` writes a failure for what fails and a skipped test for what was not asked or is by hand.

On the simulated cloud, moto and the records of the cloud answer for AWS, and the fakes of the vendors for them;
PostgreSQL and Redis are not asked, for there are none. `make lab` asks real ones, with 25 faults.

## What the stack file adds

`database.required_migrations`, `required_tables`, `required_indexes`, `required_rls` (with a policy for each table),
`required_functions` (SECURITY DEFINER, each with its own search_path), `required_extensions`, `retention` (the age of
the oldest row, the function, its schedule), `row_isolation` (as two users: no row of somebody else), `write_test`;
`services.NAME.circuit_breakers` (each is in the contract that was applied), `deferred` with a query (its time has not
come), `oncall`, `tools`. [registers.md](registers.md) has what these keys mean.

"""


def readiness_page() -> str:
    """Return the whole page."""
    from footing.project import composed, stack_file
    from observability import Group
    from readiness.profiles import PROFILES
    from stacks.readiness import stack_checks

    file = stack_file(STACK, None)
    plan, signals = composed(STACK, file)
    checks = stack_checks(file.config, signals, plan.resources)
    steps = [
        (f"`{it.name}`", it.title, "all" if it.groups == tuple(Group) else ", ".join(it.groups), str(gated))
        for it in PROFILES.values()
        if (gated := sum(map(it.gates, checks)))
    ]
    text = INTRODUCTION + "## Steps of a launch\n\nA profile asks what has to hold before its step.\n\n"
    text += table(("profile", "step", "groups", "checks of production"), steps)
    for group in Group:
        rows = [
            (f"`{it.id}`", it.title, str(it.question).replace("|", "\\|"), str(getattr(it.question, "wanted", "")))
            for it in checks
            if it.group is group
        ]
        if rows:
            text += f"\n## {group}\n\n" + table(("check", "what holds", "question", "wanted"), rows)
    return text
