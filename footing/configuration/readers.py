"""What reads each key, found in the source of stacks/ and footing/ by the types of what is read."""

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from msgspec import Struct

from footing.configuration.code import (
    NOTHING,
    PACKAGES,
    ROOT,
    Class,
    Several,
    Types,
    attribute,
    classes,
    definition,
    entries,
    fields,
    file_of,
    lineage,
    texts,
    tree,
    types,
    union,
)

CHOICE = ""
"""In place of a key: the class of the block was asked for, which is what its `provider` says."""


class Reading(Struct, frozen=True, order=True):
    """One place that reads a key."""

    file: str
    """Source file."""
    line: int
    """Line in it, from 1."""
    function: str
    """Function or method."""
    given_to: str
    """Argument that gets the value, `PoolSize.tasks`, or empty."""
    given_in: str
    """File that defines the argument."""


Readings = dict[tuple[Class, str], set[Reading]]


@cache
def readings() -> Readings:
    """Return every reading of a key of a block, by the block's class and the key."""
    found: Readings = {}
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            module = ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            for node in tree(module).body:
                _Walk(module, found).visit(node)
    return found


def readers(block: Class, key: str) -> set[Reading]:
    """Return what reads a key of a block, or of a class that it inherits from."""
    return {it for owner in lineage(block) for it in readings().get((owner, key), ())}


class _Walk:
    """Walks through one module, knowing what the names of the function it is in stand for."""

    def __init__(self, module: str, found: Readings) -> None:
        self._module, self._found = module, found
        self._names: dict[str, Types] = {}
        self._inside: list[str] = []
        self._class: Types = NOTHING
        self._function: ast.AST | None = None
        self._given_to = ("", "")

    def visit(self, node: ast.AST | None) -> Types:
        """Record what is read in `node`, and return its type."""
        handler = getattr(self, f"_visit_{type(node).__name__.lower()}", None)
        if handler:
            known: Types = handler(node)
            return known
        return self._children(node)

    def _children(self, node: ast.AST | None) -> Types:
        for child in ast.iter_child_nodes(node) if node else ():
            self.visit(child)
        return NOTHING

    def _record(self, of: Types, key: str, node: ast.expr | ast.pattern) -> None:
        for owner in of:
            if isinstance(owner, Class):
                where = ".".join(self._inside) or "the module"
                reading = Reading(file_of(self._module), node.lineno, where, *self._given_to)
                self._found.setdefault((owner, key), set()).add(reading)

    def _visit_classdef(self, node: ast.ClassDef) -> Types:
        outer, self._class = self._class, frozenset({Class(self._module, node.name)})
        with self._named(node.name):
            self._children(node)
        self._class = outer
        return NOTHING

    def _visit_functiondef(self, node: ast.FunctionDef) -> Types:
        outer = self._function
        with self._named(node.name):
            arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            for argument in arguments:
                self._names[argument.arg] = types(argument.annotation, self._module)
            if self._class and outer is None and arguments and not arguments[0].annotation:
                self._names[arguments[0].arg] = self._class
            self._function = node
            for decorator in node.decorator_list:
                if isinstance(decorator, ast.Call) and getattr(decorator.func, "id", "") == "field_validator":
                    for key in texts(decorator):
                        self._record(self._class, key, decorator)
            for statement in node.body:
                self.visit(statement)
        self._function = outer
        return NOTHING

    def _visit_name(self, node: ast.Name) -> Types:
        return self._names.get(node.id, NOTHING)

    def _visit_attribute(self, node: ast.Attribute) -> Types:
        outer, self._given_to = self._given_to, ("", "")
        of = self.visit(node.value)
        self._given_to = outer
        self._record(of, node.attr, node)
        return union(attribute(it, node.attr) for it in of if isinstance(it, Class))

    def _visit_call(self, node: ast.Call) -> Types:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        called = definition(self._module, name) if name else None
        of = self._visit_method(node, node.func) if isinstance(node.func, ast.Attribute) else NOTHING
        passed = [self.visit(it) for it in node.args]
        for keyword in node.keywords:
            outer = self._given_to
            if called and name[0].isupper() and keyword.arg:
                self._given_to = (f"{name}.{keyword.arg}", file_of(called.module))
            self.visit(keyword.value)
            self._given_to = outer
        match called.node if called else None:
            case ast.ClassDef():
                return types(node.func, self._module)
            case ast.FunctionDef() as function if called:
                return types(function.returns, called.module)
        if name == "isinstance":
            self._record(classes(node.args[1], self._module), CHOICE, node)
        if name == "getattr":
            return self._visit_getattr(node, passed[0])
        return of or (entries if name in {"max", "min", "next"} else frozenset)(union(iter(passed)))

    def _visit_method(self, node: ast.Call, method: ast.Attribute) -> Types:
        of = self.visit(method.value)
        if method.attr == "model_dump":
            for owner in of:
                if isinstance(owner, Class) and not any(attribute(owner, key) for key in fields(owner)):
                    for key in fields(owner):
                        self._record(frozenset({owner}), key, node)
        if method.attr in {"items", "values", "get"}:
            return entries(of) if method.attr == "get" else of
        return union(attribute(it, method.attr) for it in of if isinstance(it, Class))

    def _visit_getattr(self, node: ast.Call, of: Types) -> Types:
        """Record a key by its name; where that is a variable, each that it goes through, or all."""
        for owner in of:
            if isinstance(owner, Class):
                known = fields(owner)
                for key in (self._possible(node.args[1]) or known) & known:
                    self._record(frozenset({owner}), key, node)
        return NOTHING

    def _possible(self, name: ast.expr) -> set[str]:
        """Return the texts that a name of a key may be; none where the source does not say."""
        loops = ast.walk(self._function) if self._function and isinstance(name, ast.Name) else ()
        gone_through = [
            texts(it.iter)
            for it in loops
            if isinstance(it, ast.For | ast.comprehension) and ast.unparse(it.target) == ast.unparse(name)
        ]
        return texts(name).union(*gone_through)

    def _visit_subscript(self, node: ast.Subscript) -> Types:
        of = self.visit(node.value)
        self.visit(node.slice)
        return of if isinstance(node.slice, ast.Slice) else entries(of)

    def _visit_boolop(self, node: ast.BoolOp) -> Types:
        return union(iter([self.visit(it) for it in node.values]))

    def _visit_ifexp(self, node: ast.IfExp) -> Types:
        with self._narrowed(node.test):
            of = self.visit(node.body)
        return of | self.visit(node.orelse)

    def _visit_if(self, node: ast.If) -> Types:
        before = dict(self._names)
        with self._narrowed(node.test):
            for statement in node.body:
                self.visit(statement)
        then, self._names = self._names, before
        for statement in node.orelse:
            self.visit(statement)
        self._names = {it: then.get(it, NOTHING) | self._names.get(it, NOTHING) for it in {*then, *self._names}}
        return NOTHING

    @contextmanager
    def _narrowed(self, test: ast.expr) -> Iterator[None]:
        """Visit a condition; where it asks for the class of a name, the name is of that class inside."""
        self.visit(test)
        match test:
            case ast.Call(func=ast.Name(id="isinstance"), args=[ast.Name(id=name), wanted]):
                outer = self._names.get(name, NOTHING)
                self._names[name] = classes(wanted, self._module)
                yield
                self._names[name] = outer
            case _:
                yield

    def _visit_match(self, node: ast.Match) -> Types:
        of = self.visit(node.subject)
        subject = node.subject.target if isinstance(node.subject, ast.NamedExpr) else node.subject
        for case in node.cases:
            inside = union(
                classes(it.cls, self._module) for it in ast.walk(case.pattern) if isinstance(it, ast.MatchClass)
            )
            self._record(inside, CHOICE, case.pattern)
            for pattern in ast.walk(case.pattern):
                if isinstance(pattern, ast.MatchAs) and pattern.name:
                    self._names[pattern.name] = inside or of
            if isinstance(subject, ast.Name):
                self._names[subject.id] = inside or of
            for statement in (case.guard, *case.body):
                self.visit(statement)
            if isinstance(subject, ast.Name):
                self._names[subject.id] = of
        return NOTHING

    def _visit_assign(self, node: ast.Assign) -> Types:
        of = self.visit(node.value)
        for target in node.targets:
            self._bind(target, of, node.value)
        return NOTHING

    def _visit_annassign(self, node: ast.AnnAssign) -> Types:
        self._bind(node.target, types(node.annotation, self._module) | self.visit(node.value), node.value)
        return NOTHING

    def _visit_namedexpr(self, node: ast.NamedExpr) -> Types:
        of = self.visit(node.value)
        self._bind(node.target, of, node.value)
        return of

    def _visit_for(self, node: ast.For) -> Types:
        self._bind(node.target, entries(self.visit(node.iter)))
        for statement in (*node.body, *node.orelse):
            self.visit(statement)
        return NOTHING

    def _comprehension(self, node: ast.AST) -> Types:
        outer = dict(self._names)
        for generator in node.generators:  # type: ignore[attr-defined]
            self._bind(generator.target, entries(self.visit(generator.iter)))
            for condition in generator.ifs:
                self.visit(condition)
        of = NOTHING
        for part in ("key", "value", "elt"):
            of = self.visit(getattr(node, part, None))
        self._names = outer
        return frozenset({Several(of)}) if of else NOTHING

    _visit_listcomp = _visit_setcomp = _visit_generatorexp = _visit_dictcomp = _comprehension

    def _bind(self, target: ast.AST, of: Types, value: ast.expr | None = None) -> None:
        if isinstance(target, ast.Name):
            self._names[target.id] = of
        elif isinstance(target, ast.Tuple):
            each = value.elts if isinstance(value, ast.Tuple) and len(value.elts) == len(target.elts) else None
            for number, part in enumerate(target.elts):
                # Of a pair of a name, or a number, and a block, each may be the block: only one has its keys.
                self._bind(part, self.visit(each[number]) if each else of, each[number] if each else None)

    @contextmanager
    def _named(self, name: str) -> Iterator[None]:
        outer = dict(self._names)
        self._inside.append(name)
        yield
        self._inside.pop()
        self._names = outer
