"""The lines above the text, between two `---`: YAML with a line number for every value, and none of YAML's guesses.

Every value stays the words that were typed: YAML itself would read no as false, 17:30 as 1050 and 010 as 8.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from bot.catalogue.findings import Finding
from bot.domain.sayings import Saying, saying

FENCE = "---"
MOST_CHARACTERS = 20_000
# The first `---` is line 1 of the file, and yaml counts from 0 after it.
_FIRST_LINE = 2
_KEPT_LINE_BREAKS = "|>"


@dataclass(frozen=True)
class Value:
    """One value with its line in the file: words, a list of values, or a mapping of them."""

    line: int = field(compare=False)
    content: "str | list[Value] | dict[str, Value]"

    @property
    def words(self) -> str | None:
        return self.content.strip() if isinstance(self.content, str) else None


@dataclass(frozen=True)
class Parts:
    """A file taken apart: `body` begins at `body_line`."""

    values: dict[str, Value]
    body: str
    body_line: int
    faults: tuple[Finding, ...]


def take_apart(text: str, file: str) -> Parts:
    """The parts of a template text; with faults when the fences or the YAML between them are broken."""
    if len(text) > MOST_CHARACTERS:
        long = saying("too_long.file", count=len(text), most=MOST_CHARACTERS)
        return Parts({}, "", 1, (Finding(file, 1, long),))
    lines = text.split("\n")
    end = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() == FENCE), 0)
    if lines[0].rstrip() != FENCE or not end:
        return _no_fences(text, file, 1 if lines[0].rstrip() != FENCE else len(lines))
    reader = _Reader(file)
    values = reader.read("\n".join(lines[1:end]))
    first = next((n for n in range(end + 1, len(lines)) if lines[n].strip()), end + 1)
    body = "\n".join(line.rstrip() for line in lines[first:]).rstrip()
    return Parts(values, body, first + 1, tuple(reader.faults))


def _no_fences(text: str, file: str, line: int) -> Parts:
    what = saying("fence.first") if line == 1 else saying("fence.second")
    return Parts({}, text, 1, (Finding(file, line, what),))


class _WithoutAliases(yaml.SafeLoader):
    """An alias lets a few lines stand for millions, and nobody who writes a message needs one."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "a value begins with *", mark)
        return super().compose_node(parent, index)


class _Reader:
    def __init__(self, file: str) -> None:
        self.file, self.faults = file, list[Finding]()

    def read(self, source: str) -> dict[str, Value]:
        """The top-level mapping, empty when it cannot be read at all."""
        try:
            node = yaml.compose(source, Loader=_WithoutAliases)
        except yaml.YAMLError as error:
            self._broken(source, error)
            return {}
        except RecursionError:
            self._fault(_FIRST_LINE, saying("yaml_deep"))
            return {}
        if not isinstance(node, yaml.MappingNode):
            self._fault(_FIRST_LINE, saying("yaml_shape"))
            return {}
        return self._mapping(node, depth=0)

    def _broken(self, source: str, error: yaml.YAMLError) -> None:
        mark = getattr(error, "problem_mark", None)
        line = mark.line if mark else 0
        reason = getattr(error, "problem", None) or saying("yaml_syntax.no_reason")
        unquoted = saying("yaml_syntax.unquoted", reason=reason)
        what = unquoted if _needs_quotes(source, line) else saying("yaml_syntax.shape", reason=reason)
        self._fault(line + _FIRST_LINE, what)

    def _fault(self, line: int, what: Saying) -> None:
        self.faults.append(Finding(self.file, line, what))

    def _mapping(self, node: yaml.MappingNode, depth: int) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for key, value in node.value:
            line = key.start_mark.line + _FIRST_LINE
            name = str(key.value).strip() if isinstance(key, yaml.ScalarNode) else "?"
            if name in found:
                first = found[name].line
                self._fault(line, saying("key_twice", name=name, line=first))
            else:
                found[name] = self._value(value, line, depth + 1)
        return found

    def _value(self, node: yaml.Node, line: int, depth: int) -> Value:
        if isinstance(node, yaml.ScalarNode):
            return Value(line + (node.style in tuple(_KEPT_LINE_BREAKS)), str(node.value))
        if depth > 4:
            self._fault(line, saying("yaml_deep"))
            return Value(line, "?")
        if isinstance(node, yaml.MappingNode):
            return Value(line, self._mapping(node, depth))
        return Value(line, list(self._items(node, depth)))

    def _items(self, node: yaml.Node, depth: int) -> Iterator[Value]:
        for item in node.value:
            yield self._value(item, item.start_mark.line + _FIRST_LINE, depth + 1)


def _needs_quotes(source: str, line: int) -> bool:
    """A bare {{ or a second colon: the two things that words in a setting trip over."""
    lines = source.split("\n")
    near = " ".join(lines[max(0, line - 1) : line + 1])
    return "{{" in near or "{%" in near or near.count(": ") > 1
