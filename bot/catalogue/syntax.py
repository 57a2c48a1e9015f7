"""What a template or a phrase may say in Jinja. Anything else is a fault with its line, found before compiling."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from jinja2 import TemplateSyntaxError, meta, nodes

from bot.catalogue.sandbox import environment
from bot.domain.sayings import Saying, saying

MOST_CHARACTERS = 8000
_PLAIN = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const)
_CONDITIONS = (nodes.If, nodes.Compare, nodes.Operand, nodes.Test, nodes.Not, nodes.And, nodes.Or)
_IN_TEMPLATES = (*_PLAIN, *_CONDITIONS)
_IN_PHRASES = (
    *_IN_TEMPLATES,
    nodes.For,
    nodes.Tuple,
    nodes.CondExpr,
    nodes.Filter,
    nodes.Keyword,
    nodes.Getattr,
)
_RAW = re.compile(r"\{%-?\+?\s*raw\b")
# What is said of a node, by its type; the first match wins.
_REFUSALS: tuple[tuple[tuple[type[nodes.Node], ...], Saying], ...] = (
    ((nodes.For,), saying("loop.message")),
    ((nodes.Call, nodes.CallBlock, nodes.Macro), saying("call")),
    ((nodes.Getattr, nodes.Getitem, nodes.Slice), saying("inside.message")),
    ((nodes.BinExpr, nodes.UnaryExpr, nodes.Concat), saying("arithmetic")),
    ((nodes.Filter, nodes.FilterBlock), saying("filter.message")),
    ((nodes.Assign, nodes.AssignBlock, nodes.With), saying("assign")),
)
_REFUSAL_OF_THE_REST = saying("statement")
_OTHERS_IN_OUTPUT = saying("not_a_name")


@dataclass(frozen=True, order=True)
class Problem:
    """One refusal inside a source: `line` counts from 1 within the source."""

    line: int
    what: Saying


@dataclass(frozen=True)
class Syntax:
    """What a source says: the names it asks for, each with the first line it stands on; or its problems."""

    names: dict[str, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


@lru_cache(maxsize=1024)
def read_template(source: str) -> Syntax:
    """Text, names and conditions only."""
    return _read(source, _IN_TEMPLATES)


def read_phrase(source: str) -> Syntax:
    """Also loops one deep, `a if b else c`, the filters length, join and plural, and fields of a loop's items."""
    return _read(source, _IN_PHRASES)


def _read(source: str, allowed: tuple[type[nodes.Node], ...]) -> Syntax:
    if len(source) > MOST_CHARACTERS:
        return _one(1, saying("too_long.source", most=MOST_CHARACTERS))
    if raw := _RAW.search(source):
        line = source.count("\n", 0, raw.start()) + 1
        return _one(line, _REFUSAL_OF_THE_REST)
    try:
        tree = environment("en").parse(source)
        # Asking Jinja for names makes it calculate constants: only after everything else was refused.
        problems = tuple(sorted(_problems(tree, allowed)))
        return Syntax(problems=problems) if problems else Syntax(_names(tree))
    except TemplateSyntaxError as error:
        return _one(error.lineno, _unreadable(error))
    except RecursionError:
        return _one(1, saying("too_deep"))


def _one(line: int, what: Saying) -> Syntax:
    return Syntax(problems=(Problem(line, what),))


def _unreadable(error: TemplateSyntaxError) -> Saying:
    reason = (error.message or "").rstrip(".")
    if not reason:
        return saying("jinja_syntax.no_reason")
    reason = f"{reason[0].lower()}{reason[1:]}"
    if "endif" in reason:
        return saying("jinja_syntax.unclosed", reason=reason)
    return saying("jinja_syntax.braces", reason=reason)


def _names(tree: nodes.Template) -> dict[str, int]:
    asked = meta.find_undeclared_variables(tree) | {"self"}  # which Jinja brings along by itself
    lines: dict[str, int] = {}
    for name in tree.find_all(nodes.Name):
        if name.name in asked:
            lines.setdefault(name.name, name.lineno)
    return lines


def _problems(tree: nodes.Node, allowed: tuple[type[nodes.Node], ...]) -> Iterator[Problem]:
    """Every node once; a refused node's insides are not looked at, one refusal a thing is enough."""
    waiting: list[tuple[nodes.Node, int]] = [(tree, 0)]
    while waiting:
        node, loops = waiting.pop()
        loops += isinstance(node, nodes.For)
        problem = _problem(node, allowed, loops)
        if problem:
            yield problem
        else:
            waiting.extend((child, loops) for child in node.iter_child_nodes())


def _problem(node: nodes.Node, allowed: tuple[type[nodes.Node], ...], loops: int) -> Problem | None:
    if isinstance(node, nodes.Output) and nodes.CondExpr not in allowed:
        return _problem_of_output(node, allowed)
    if type(node) not in allowed:
        return _refuse(node)
    if loops > 1:
        return Problem(node.lineno, saying("loop.inside_loop"))
    if isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
        return Problem(node.lineno, saying("inside.closed"))
    return _unknown_word(node)


def _problem_of_output(output: nodes.Output, allowed: tuple[type[nodes.Node], ...]) -> Problem | None:
    for child in output.nodes:
        if type(child) not in allowed:
            return _refuse(child)
        if not isinstance(child, nodes.TemplateData | nodes.Name):
            return Problem(child.lineno, _OTHERS_IN_OUTPUT)
    return None


def _unknown_word(node: nodes.Node) -> Problem | None:
    made = environment("en")
    if isinstance(node, nodes.Filter) and node.name not in made.filters:
        return Problem(node.lineno, saying("filter.unknown", name=node.name))
    if isinstance(node, nodes.Filter) and node.name == "plural" and "other" not in {k.key for k in node.kwargs}:
        return Problem(node.lineno, saying("filter.plural"))
    if isinstance(node, nodes.Test) and node.name not in made.tests:
        return Problem(node.lineno, saying("condition", name=node.name))
    return None


def _refuse(node: nodes.Node) -> Problem:
    what = next((what for kinds, what in _REFUSALS if isinstance(node, kinds)), _REFUSAL_OF_THE_REST)
    return Problem(node.lineno, what)
