"""What a template or a phrase may say in Jinja. Anything else is a fault with its line, found before compiling."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from jinja2 import TemplateSyntaxError, meta, nodes

from bot.catalogue.sandbox import environment

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
_SHOW_ONLY_NAMES = "Between {{ and }} write one placeholder name and nothing else"

# rule, what is wrong, what to do: by node type, first match wins.
_REFUSALS: tuple[tuple[tuple[type[nodes.Node], ...], str, str, str], ...] = (
    (
        (nodes.For,),
        "loop",
        "A message cannot repeat things with {% for %}",
        "Write each line out, or use one placeholder",
    ),
    (
        (nodes.Call, nodes.CallBlock, nodes.Macro),
        "call",
        "A message cannot call functions with ( )",
        _SHOW_ONLY_NAMES,
    ),
    (
        (nodes.Getattr, nodes.Getitem, nodes.Slice),
        "inside",
        "A message cannot reach inside a placeholder with . or [ ]",
        _SHOW_ONLY_NAMES,
    ),
    (
        (nodes.BinExpr, nodes.UnaryExpr, nodes.Concat),
        "arithmetic",
        "A message cannot calculate",
        _SHOW_ONLY_NAMES,
    ),
    ((nodes.Filter, nodes.FilterBlock), "filter", "A message cannot change a value with |", _SHOW_ONLY_NAMES),
    (
        (nodes.Assign, nodes.AssignBlock, nodes.With),
        "assign",
        "A message cannot set values of its own",
        "Make it a field in the lines above the text, and the champion fills it",
    ),
)
_REFUSAL_OF_THE_REST = (
    "statement",
    "This is more than a message may do",
    "Use only text, {{ placeholder }} and {% if placeholder %} … {% endif %}",
)
_OTHERS_IN_OUTPUT = (
    "not_a_name",
    "Only a placeholder name can stand between {{ and }}",
    "Write plain words without {{ and }}",
)


@dataclass(frozen=True, order=True)
class Problem:
    """One refusal inside a source: `line` counts from 1 within the source."""

    line: int
    rule: str
    message: str
    remedy: str


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
        return _one(1, "too_long", f"The text is longer than {MOST_CHARACTERS} characters", "Make it shorter")
    if raw := _RAW.search(source):
        line = source.count("\n", 0, raw.start()) + 1
        return _one(line, *_REFUSAL_OF_THE_REST)
    try:
        tree = environment("en").parse(source)
        # Asking Jinja for names makes it calculate constants: only after everything else was refused.
        problems = tuple(sorted(_problems(tree, allowed)))
        return Syntax(problems=problems) if problems else Syntax(_names(tree))
    except TemplateSyntaxError as error:
        return _one(error.lineno, "jinja_syntax", _plain_reason(error), _remedy(error))
    except RecursionError:
        return _one(1, "too_deep", "The text holds too many things inside one another", "Make it simpler")


def _one(line: int, rule: str, message: str, remedy: str) -> Syntax:
    return Syntax(problems=(Problem(line, rule, message, remedy),))


def _plain_reason(error: TemplateSyntaxError) -> str:
    reason = (error.message or "it cannot be read").rstrip(".")
    return f"A placeholder or condition is not written properly: {reason[0].lower()}{reason[1:]}"


def _remedy(error: TemplateSyntaxError) -> str:
    if "endif" in (error.message or ""):
        return "Close every {% if … %} with {% endif %}"
    return "Write {{ placeholder }} with two braces on each side, and {% if placeholder %} … {% endif %}"


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
        return Problem(node.lineno, "loop", "A loop stands inside a loop", "Keep one loop, or make two phrases")
    if isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
        return Problem(node.lineno, "inside", "Names beginning with _ are closed", "Use another name")
    return _unknown_word(node)


def _problem_of_output(output: nodes.Output, allowed: tuple[type[nodes.Node], ...]) -> Problem | None:
    for child in output.nodes:
        if type(child) not in allowed:
            return _refuse(child)
        if not isinstance(child, nodes.TemplateData | nodes.Name):
            return Problem(child.lineno, *_OTHERS_IN_OUTPUT)
    return None


def _unknown_word(node: nodes.Node) -> Problem | None:
    made = environment("en")
    if isinstance(node, nodes.Filter) and node.name not in made.filters:
        return Problem(node.lineno, "filter", f'There is no filter "{node.name}"', "Use length, join or plural")
    if isinstance(node, nodes.Filter) and node.name == "plural" and "other" not in {k.key for k in node.kwargs}:
        remedy = 'Write plural(one="person", other="people")'
        return Problem(node.lineno, "filter", "plural has no word for other", remedy)
    if isinstance(node, nodes.Test) and node.name not in made.tests:
        remedy = "Use {% if placeholder %}, == or is defined"
        return Problem(node.lineno, "condition", f'There is no condition "is {node.name}"', remedy)
    return None


def _refuse(node: nodes.Node) -> Problem:
    for kinds, rule, message, remedy in _REFUSALS:
        if isinstance(node, kinds):
            return Problem(node.lineno, rule, message, remedy)
    return Problem(node.lineno, *_REFUSAL_OF_THE_REST)
