"""The HTML Telegram reads: few tags, closed in order, links in full. Checked on the source, to say the line.

Source: https://core.telegram.org/bots/api#html-style and #sendmessage (4096 characters after parsing).
"""

import html
import re
from collections.abc import Iterator

from bot.catalogue.syntax import Problem
from bot.domain.sayings import saying

MOST_ENTITIES = 100
MOST_UTF16 = 4096
_BARE = frozenset(
    {"b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "tg-spoiler", "code", "pre", "blockquote"}
)
_WITH_ATTRIBUTES = {
    "a": re.compile(r'href="https://[^"\s{}]+"'),
    "span": re.compile(r'class="tg-spoiler"'),
    "blockquote": re.compile(r"expandable"),
}
TAGS = frozenset({*_BARE, *_WITH_ATTRIBUTES})
# One step: a Jinja comment, a condition, a placeholder, a tag, a lone bracket, a link that is not https.
_STEP = re.compile(
    r"(?P<comment>\{#.*?#\})|(?P<branch>\{%.*?%\})|(?P<value>\{\{.*?\}\})"
    r"|<(?P<slash>/?)(?P<tag>[a-zA-Z][\w-]*)(?P<rest>[^<>]*)>|(?P<lone><)|(?P<entity>&[a-zA-Z]\w*;)|(?P<http>\bhttp://)",
    re.DOTALL,
)
_ENTITIES = frozenset({"&lt;", "&gt;", "&amp;", "&quot;"})
_TAG = re.compile(r"<[^<>]*>")
_OPENING = re.compile(r"<[a-zA-Z]")


def utf16_length(text: str) -> int:
    """Telegram counts in UTF-16 units: most emoji are two or more."""
    return len(text.encode("utf-16-le")) // 2


def visible(rendered: str) -> str:
    """What is left after Telegram has read the tags and entities."""
    return html.unescape(_TAG.sub("", rendered))


def count_entities(rendered: str) -> int:
    return len(_OPENING.findall(rendered))


def check(source: str, *, branches_closed: bool = True) -> list[Problem]:
    """Every problem of a Jinja source with Telegram HTML. With `branches_closed` a tag must not span a condition."""
    problems = list(_walk(source, branches_closed))
    if count_entities(source) > MOST_ENTITIES:
        problems.append(Problem(1, saying("too_many_entities", most=MOST_ENTITIES)))
    return problems


def _walk(source: str, branches_closed: bool) -> Iterator[Problem]:
    open_tags: list[tuple[str, int]] = []
    for step in _STEP.finditer(source):
        line = source.count("\n", 0, step.start()) + 1
        if step["tag"]:
            yield from _at_tag(step, line, open_tags)
        elif step["branch"] and branches_closed and open_tags:
            yield from (Problem(at, saying("tag_open.before_condition", tag=tag)) for tag, at in open_tags)
            open_tags.clear()
        elif step["lone"]:
            yield Problem(line, saying("lone_bracket"))
        elif step["entity"] and step["entity"] not in _ENTITIES:
            yield Problem(line, saying("entity_unknown", entity=step["entity"]))
        elif step["http"]:
            yield Problem(line, saying("link_not_https.http"))
    yield from (Problem(at, saying("tag_open.before_end", tag=tag)) for tag, at in open_tags)


def _at_tag(step: re.Match[str], line: int, open_tags: list[tuple[str, int]]) -> Iterator[Problem]:
    tag, rest = step["tag"].lower(), step["rest"].strip()
    if tag not in TAGS:
        yield Problem(line, saying("tag_unknown", tag=tag))
    elif step["slash"]:
        yield from _close(tag, line, open_tags)
    elif problem := _attribute_problem(tag, rest, line):
        open_tags.append((tag, line))
        yield problem
    else:
        open_tags.append((tag, line))


def _close(tag: str, line: int, open_tags: list[tuple[str, int]]) -> Iterator[Problem]:
    if open_tags and open_tags[-1][0] == tag:
        open_tags.pop()
    elif any(name == tag for name, _ in open_tags):
        inner = open_tags[-1][0]
        open_tags.remove(next(one for one in reversed(open_tags) if one[0] == tag))
        yield Problem(line, saying("tag_crossed", tag=tag, inner=inner))
    else:
        yield Problem(line, saying("tag_unopened", tag=tag))


def _attribute_problem(tag: str, rest: str, line: int) -> Problem | None:
    allowed = _WITH_ATTRIBUTES.get(tag)
    if (not rest and tag in _BARE) or (allowed and allowed.fullmatch(rest)):
        return None
    if "{{" in rest or "{%" in rest:
        return Problem(line, saying("placeholder_in_tag"))
    if tag == "a":
        return Problem(line, saying("link_not_https.none"))
    return Problem(line, saying("tag_attribute", tag=tag, rest=rest))
