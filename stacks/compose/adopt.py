"""What runs already and is taken into the stack: the ids of `adopt` reach the resources of their names."""

from collections.abc import Callable

import pulumi

from policies.nearest import nearest_name
from stacks.config.adopt import ADOPTABLE, AdoptConfig, import_id, import_ids


def begin_adoption(adopt: AdoptConfig) -> Callable[[], None]:
    """Let every resource that is made from now on have its id of `adopt`; return the check to run after the last.

    The check raises a `pulumi.RunError` for a name that no resource has, and for an id that none took.
    """
    taken: set[tuple[str, str]] = set()
    found: dict[str, list[str]] = {}

    def give(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        if args.type_ not in ADOPTABLE:
            return None
        found.setdefault(args.name, []).append(args.type_)
        given = import_id(args.type_, adopt.get(args.name, []))
        if given is None:
            return None
        taken.add((args.name, given))
        opts = pulumi.ResourceOptions.merge(args.opts, pulumi.ResourceOptions(import_=given))
        return pulumi.ResourceTransformationResult(args.props, opts)

    def check() -> None:
        for name, given in adopt.items():
            if name not in found:
                nearest = nearest_name(name, found)
                hint = f"did you mean {nearest}?" if nearest else f"allowed {', '.join(sorted(found))}"
                raise pulumi.RunError(f"adopt.{name}: the stack has no resource of that name to adopt; {hint}")
            for it in import_ids(given):
                if (name, it) not in taken:
                    forms = " or ".join(f"{ADOPTABLE[token]} ({token})" for token in found[name])
                    raise pulumi.RunError(f"adopt.{name}: given {it}, allowed {forms}")

    if adopt:
        pulumi.runtime.register_stack_transformation(give)
        return check
    return lambda: None
