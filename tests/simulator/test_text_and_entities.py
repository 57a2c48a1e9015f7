"""Telegram HTML in and out, with the real one's errors and lengths."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.simulator.entities import MAX_ENTITIES, find, parse_html, to_html
from bot.simulator.links import checked_link
from bot.simulator.params import Refusal
from bot.simulator.phones import Phone
from bot.simulator.text_units import units
from tests.simulator.wire import Wire


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("a<br>b", 'Unsupported start tag "br" at byte offset 1'),
        ("é<p>x</p>", 'Unsupported start tag "p" at byte offset 2'),
        ("<!-- x -->", 'Unsupported start tag "!--" at byte offset 0'),
        ("5 < 6", 'Unsupported start tag "" at byte offset 2'),
        ("5 <6", "Unclosed start tag at byte offset 2"),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<a href>x</a>", 'Expected equal sign in declaration of an attribute of the tag "a" at byte offset 0'),
        ("<b/>", 'Unsupported start tag "b/" at byte offset 0'),
        ("<a / >", 'Empty attribute name in the tag "a" at byte offset 0'),
        ('<a href="http://nhs.uk', "Unclosed start tag at byte offset 0"),
        ("<a href=x:y>z</a>", "Unexpected end of name token at byte offset 8"),
        ("<a ", 'Unclosed start tag "a" at byte offset 0'),
    ],
)
def test_what_cannot_be_parsed_is_refused_in_telegrams_words(source: str, complaint: str) -> None:
    with pytest.raises(Refusal) as refusal:
        parse_html(source)
    assert refusal.value.description == f"Bad Request: can't parse entities: {complaint}"


@pytest.mark.parametrize(
    ("source", "text", "canonical"),
    [
        ("<B>x</B>", "x", "<b>x</b>"),
        ("<strong>a</><em>b</em>", "ab", "<b>a</b><i>b</i>"),
        ("<b></b>x", "x", "x"),
        ("<b>a<b>b</b></b>", "ab", "<b>ab</b>"),
        ("<code>a<b>b</b></code>", "ab", "<code>ab</code>"),
        ("&lt;&gt;&amp;&quot;&#33;&#x21;&eacute;&", '<>&"!!&eacute;&', '&lt;&gt;&amp;"!!&amp;eacute;&amp;'),
        ('<span class="tg-spoiler">x</span>', "x", "<tg-spoiler>x</tg-spoiler>"),
        ("<blockquote expandable>x</blockquote>", "x", "<blockquote expandable>x</blockquote>"),
        ('<a href="https://nhs.uk">x</a>', "x", '<a href="https://nhs.uk/">x</a>'),
        ('<a href="https://nhs.uk/?a=1&amp;b=2">x</a>', "x", '<a href="https://nhs.uk/?a=1&amp;b=2">x</a>'),
        ('<a href="javascript:alert(1)">x</a>', "x", "x"),
        ('<a href="http://localhost:8080/">x</a>', "x", "x"),
        ("<a>nhs.uk</a>", "nhs.uk", '<a href="http://nhs.uk/">nhs.uk</a>'),
        ('<a href="tg://user?id=7">x</a>', "x", '<a href="tg://user?id=7">x</a>'),
        (
            '<pre><code class="language-py">x</code></pre>',
            "x",
            '<pre><code class="language-py">x</code></pre>',
        ),
        ("<pre>x</pre><code>y</code>", "xy", "<pre>x</pre><code>y</code>"),
        ('<tg-emoji emoji-id="5">👍</tg-emoji>', "👍", '<tg-emoji emoji-id="5">👍</tg-emoji>'),
        ("<i>👩🏽‍⚕️ <b>hi</b></i>", "👩🏽‍⚕️ hi", "<i>👩🏽‍⚕️ <b>hi</b></i>"),
    ],
)
def test_html_becomes_text_with_entities_and_canonical_html_again(source: str, text: str, canonical: str) -> None:
    parsed, entities = parse_html(source)
    assert (parsed, to_html(parsed, entities)) == (text, canonical)


def test_lengths_are_utf_16_units() -> None:
    assert units("👩🏽‍⚕️ hi") == 10
    assert parse_html("👩🏽‍⚕️ <b>hi</b>")[1] == [{"type": "bold", "offset": 8, "length": 2}]


words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)
marked = st.recursive(
    words.map(lambda text: html.escape(text, quote=False)),
    lambda inner: st.tuples(
        st.sampled_from(["b", "i", "u", "s", "code", "tg-spoiler", "blockquote"]),
        st.lists(inner, max_size=3),
    ).map(lambda pair: f"<{pair[0]}>{''.join(pair[1])}</{pair[0]}>"),
    max_leaves=8,
)


@given(marked)
def test_canonical_html_means_the_same_and_is_stable(source: str) -> None:
    text, entities = parse_html(source)
    canonical = to_html(text, entities)
    text_again, entities_again = parse_html(canonical)
    assert text_again == text
    assert sorted(map(str, entities_again)) == sorted(map(str, entities))
    assert to_html(text_again, entities_again) == canonical


spans = st.tuples(st.integers(0, 12), st.integers(1, 8), st.sampled_from(["bold", "italic", "underline"]))


@given(st.text("ab<é👍&", min_size=12, max_size=12), st.lists(spans, max_size=5))
def test_html_of_crossing_entities_is_still_balanced_and_safe(
    text: str, given_spans: list[tuple[int, int, str]]
) -> None:
    whole = text + "a" * 12
    # An entity never begins or ends inside an emoji, on the real one neither.
    entities = [
        {"type": kind, "offset": units(whole[:at]), "length": units(whole[at : at + length])}
        for at, length, kind in given_spans
    ]
    assert parse_html(to_html(whole, entities))[0] == whole


async def test_a_text_has_1_to_4096_units_after_parsing(wire: Wire, ben: Phone) -> None:
    markup = "<b>" + "👍" * 2048 + "</b>"
    await wire.does("sendMessage", chat_id=ben.user_id, text=markup, parse_mode="HTML")
    longer = await wire.refused("sendMessage", chat_id=ben.user_id, text="👍" * 2048 + "x")
    empty = await wire.refused("sendMessage", chat_id=ben.user_id, text="")
    blank = await wire.refused("sendMessage", chat_id=ben.user_id, text=" \n")
    hollow = await wire.refused("sendMessage", chat_id=ben.user_id, text="<b></b>", parse_mode="HTML")
    assert longer == "Bad Request: message is too long"
    assert empty == "Bad Request: message text is empty"
    assert blank == hollow == "Bad Request: text must be non-empty"


async def test_a_hundred_entities_are_the_most(wire: Wire, ben: Phone) -> None:
    most = "<b>x</b> " * MAX_ENTITIES
    await wire.does("sendMessage", chat_id=ben.user_id, text=most, parse_mode="HTML")
    refusal = await wire.refused("sendMessage", chat_id=ben.user_id, text=most + "<i>y</i>", parse_mode="HTML")
    assert refusal == "Bad Request: ENTITIES_TOO_LONG"


async def test_space_around_is_trimmed_and_offsets_follow(wire: Wire, ben: Phone) -> None:
    sent = await wire.does("sendMessage", chat_id=ben.user_id, text="\n  hi <b>you  </b>\n", parse_mode="HTML")
    assert sent["text"] == "hi you"
    assert sent["entities"] == [{"type": "bold", "offset": 3, "length": 3}]


async def test_an_unknown_parse_mode_is_refused(wire: Wire, ben: Phone) -> None:
    refusal = await wire.refused("sendMessage", chat_id=ben.user_id, text="x", parse_mode="Wiki")
    assert refusal == "Bad Request: unsupported parse_mode"


def test_commands_links_and_mentions_are_found_as_phones_find_them() -> None:
    text = "👍 /start at https://nhs.uk/flu, ask @ben_k or a.b@nhs.uk about #flu; 1/2 is no command"
    found = {one["type"]: text.encode("utf-16-le")[one["offset"] * 2 :].decode("utf-16-le") for one in find(text)}
    assert found["bot_command"].startswith("/start at")
    assert found["url"].startswith("https://nhs.uk/flu, ask")
    assert found["mention"].startswith("@ben_k or")
    assert found["email"].startswith("a.b@nhs.uk about")
    assert found["hashtag"].startswith("#flu;")
    assert sum(one["type"] == "bot_command" for one in find(text)) == 1


async def test_entities_can_be_given_instead_of_html(wire: Wire, ben: Phone) -> None:
    entities = [{"type": "text_mention", "offset": 0, "length": 3, "user": {"id": ben.user_id}}]
    sent = await wire.does("sendMessage", chat_id=ben.user_id, text="Ben, hello", entities=entities)
    assert sent["entities"][0]["user"]["first_name"] == "Ben"
    assert ben.last and ben.last.html == f'<a href="tg://user?id={ben.user_id}">Ben</a>, hello'


@pytest.mark.parametrize("bad", ["", "localhost", "http://localhost/x", "mailto:a@b.uk", "http://[", "a b.uk"])
def test_what_telegram_does_not_take_for_a_link(bad: str) -> None:
    assert checked_link(bad) == ""
