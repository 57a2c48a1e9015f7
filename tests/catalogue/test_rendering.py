import html
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.catalogue import Catalogue, RenderError, missing, placeholders, render
from bot.catalogue.finding_words import words_of
from bot.catalogue.rendering import MOST_UTF16
from bot.catalogue.telegram_html import utf16_length, visible
from bot.domain.templates import Template
from tests.catalogue.conftest import parsed

VALUES = {"name": "Amina", "where": "the hall"}
TAG = re.compile(r"</?(\w+)>")


def template_of(body: str, name: str = "tea.en.md") -> Template:
    found = parsed(body, name)
    assert found.template, [str(fault) for fault in found.faults]
    return found.template


GREETING = template_of("<b>{{ name }}</b>, some words.")


@settings(deadline=None)
@given(st.text(min_size=1, max_size=80))
def test_no_value_can_break_the_html(value: str) -> None:
    try:
        rendered = render(GREETING, {**VALUES, "name": value, "where": value}).html
    except RenderError as error:
        assert "no value" in str(error)
        return
    assert TAG.findall(rendered) == ["b", "b", "b", "b"]
    assert rendered.count("<") == 4
    assert utf16_length(visible(rendered)) <= MOST_UTF16


@settings(deadline=None)
@given(st.text(alphabet="<>&\"'{}%#ab/ \n", min_size=1, max_size=40))
def test_what_looks_like_code_arrives_as_it_was_typed(value: str) -> None:
    rendered = render(GREETING, {**VALUES, "name": value}).html
    inside = rendered.split("<b>")[1].split("</b>")[0]
    assert html.unescape(inside).replace("\n", "") == re.sub(r"\n{3,}", "\n\n", value).replace("\n", "")


def test_a_name_cannot_turn_the_text_around_it() -> None:
    assert "\u202e" not in render(GREETING, {**VALUES, "name": "Eve\u202e"}).html


def test_a_missing_value_names_file_line_and_placeholder() -> None:
    with pytest.raises(RenderError, match=r"tea\.en\.md:20: “where” has no value") as caught:
        render(GREETING, {"name": "Amina"})
    assert caught.value.placeholder == "where"


def test_placeholders_and_what_is_missing_are_listed_in_order() -> None:
    assert placeholders(GREETING) == ["name", "where", "phone"]
    assert missing(GREETING, {"where": "", "phone": ""}) == ["name", "where"]


def test_an_optional_field_leaves_no_trace() -> None:
    assert render(GREETING, VALUES).html.endswith("<b>Come to the hall.</b>")
    with_phone = render(GREETING, {**VALUES, "phone": "020 7946 0111"}).html
    assert with_phone.endswith("<b>Come to the hall. Or phone 020 7946 0111.</b>")


def test_length_and_entities_are_counted_as_telegram_counts() -> None:
    rendered = render(GREETING, {**VALUES, "name": "👩🏽‍⚕️ & co"})
    assert rendered.text_length_utf16 == len("Come to the hall.") + len("\n\n, some words.") + 7 + len(" & co")
    assert rendered.entities == 2


def test_a_text_that_grew_too_long_is_refused_before_it_leaves() -> None:
    with pytest.raises(RenderError, match="at most 3496 fit"):
        render(GREETING, {**VALUES, "where": "x" * 4000})


def test_values_are_isolated_in_right_to_left_text() -> None:
    template = template_of("مرحبا {{ name }}، اتصل {{ urgent_advice }}.", "tea.ar.md")
    rendered = render(template, {**VALUES, "urgent_advice": "111"}).html
    assert "\u2068Amina\u2069" in rendered
    assert "\u2066111\u2069" in rendered


def test_a_lone_ampersand_is_escaped_and_an_entity_is_left() -> None:
    assert render(template_of("Tea & cake &lt; more"), VALUES).html.startswith("Tea &amp; cake &lt; more")


def test_dashes_become_bullets_and_conditions_leave_no_gap() -> None:
    template = template_of("Words:\n- one\n{% if phone %}\n- {{ phone }}\n{% endif %}\n- last")
    assert render(template, VALUES).html.startswith("Words:\n• one\n• last\n\n")


def test_the_place_and_its_numbers_fill_themselves_in(catalogue: Catalogue) -> None:
    template = template_of("At {{ place }}, phone {{ life_in_danger }}.")
    assert catalogue.render(template, VALUES).html.startswith("At Elm Park, phone 999.")


ATTACKS = [
    "{{ ''.__class__.__mro__ }}",
    "{{ name.__init__ }}",
    "{{ name['__class__'] }}",
    "{{ 'a' * 1000000000 }}",
    "{{ 9 ** 9 ** 9 }}",
    "{% for a in name %}{% for b in name %}{% for c in name %}x{% endfor %}{% endfor %}{% endfor %}",
    "{{ range(999999999) }}",
    "{{ lipsum() }}",
    "{% if name.upper() %}x{% endif %}",
    "{% if 'a' * 1000000000 == name %}x{% endif %}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{{ name|attr('__class__') }}",
    "{{ name|center(999999999) }}",
    "{% include 'place.toml' %}",
    "{% raw %}{{ name }}{% endraw %}",
    "{{ self }}",
    "{{ (name, name) }}",
    "{{ [name] * 99999 }}",
    "{{ " + "(" * 3000 + "name" + ")" * 3000 + " }}",
    "{% if " + "not " * 1900 + "name %}x{% endif %}",
    "{% if name %}" * 600 + "{% endif %}" * 10,
    "x" * 100_000,
    "{{ self._TemplateReference__context }}",
]


@pytest.mark.parametrize("attack", ATTACKS, ids=range(len(ATTACKS)))
def test_an_attack_is_refused_quickly_and_in_words(attack: str) -> None:
    started = time.process_time()
    found = parsed(attack)
    assert time.process_time() - started < 1
    assert found.template is None
    assert found.faults and all(words_of("en")[fault.what.key]["remedy"] for fault in found.faults)
