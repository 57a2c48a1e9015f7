"""Whatever stands in a file, the answer is a template or findings with lines; never an exception."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.catalogue import Phrases, parse, render, samples
from bot.catalogue.place_file import read_place
from tests.catalogue.conftest import GOOD, MESSAGES, PLACE

JINJA = [
    "{{",
    "}}",
    "{%",
    "%}",
    "{% if name %}",
    "{% else %}",
    "{% endif %}",
    "not",
    "is defined",
    "and",
    "name",
    "~",
    "|",
]
HTML = ["<b>", "</b>", "<a href=", "&lt;", "&", "<", ">"]
YAML = [": ", "- ", "| ", "> ", "[", "]", "{", "}", "*", "&", "!", "%", "@", "#", "'", '"', "\n", "---\n", "where:"]
REST = ["3", "2026-01-01", "fields:", "season:", "yes", "no", "\t", "\u202e", "\u00a0", ".", "(", ")", "==", "[["]
BITS = st.sampled_from([*JINJA, *HTML, *YAML, *REST])
PLACE_TEXT = (MESSAGES / "place.toml").read_text()


@st.composite
def damaged(draw: st.DrawFn, text: str) -> str:
    """The text with a few bits put in, or pieces taken out."""
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = start + draw(st.sampled_from([0, 0, 1, 5, 30]))
        text = text[:start] + " ".join(draw(st.lists(BITS, max_size=4))) + text[end:]
    return text


@settings(deadline=None, max_examples=150)
@given(damaged(GOOD))
def test_any_message_text_is_read_or_faulted(text: str) -> None:
    found = parse(text, "tea.en.md", PLACE)
    lines = text.count("\n") + 1
    assert bool(found.template) != bool(found.faults)
    assert all(1 <= f.line <= lines and str(f) for f in (*found.faults, *found.warnings))
    if found.template:
        assert render(found.template, samples(found.template, PLACE)).html.count("<b>") >= 1


@settings(deadline=None, max_examples=60)
@given(damaged(PLACE_TEXT))
def test_any_place_text_is_read_or_faulted(text: str) -> None:
    with TemporaryDirectory() as folder:
        (Path(folder) / "place.toml").write_text(text)
        place, faults = read_place(Path(folder))
    assert (place is None) == bool(faults)
    assert all(fault.line >= 1 for fault in faults)


@settings(deadline=None, max_examples=60)
@given(damaged('[people]\nwelcome = "Hello {{ name }}"\nmany = "{{ n|plural(other=\'x\') }}"\nstop = ["stop"]\n'))
def test_any_phrases_are_read_or_faulted(text: str) -> None:
    with TemporaryDirectory() as folder:
        (Path(folder) / "en.toml").write_text(text)
        phrases, faults, _ = Phrases.load(Path(folder), ["en"])
    assert all(fault.line >= 1 for fault in faults)
    assert faults or phrases.keys() or "=" not in text
