"""What the documents say must be true, and nothing that exists may be missing from them."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
import typer

from bot import cli, ticks
from bot.actions import drafts, enrolling, privacy, updates
from bot.config import Settings
from bot.conversations.pausing import PAUSES
from bot.conversations.routes import COMMANDS
from bot.delivery.sender import IN_FLIGHT
from bot.domain import broadcasts, circles, deliveries, people
from bot.domain.deliveries import Kind, Lane, State
from bot.domain.people import Purpose
from bot.domain.place import Place
from bot.store.schema import metadata

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "messages" / "README.md"])
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
# A path in backticks below one of our folders, or a file of ours at the top.
PATH = re.compile(r"`((?:bot|tests|docs|messages|bench|\.ci)/[\w./*<>-]*|[\w-]+\.(?:lock|toml|md)|\.env\.example)`")
UNFINISHED = re.compile(r"\b(?:TODO|FIXME|TBD|XXX|lorem ipsum|coming soon)\b", re.IGNORECASE)
OF_ONE_MACHINE = re.compile(r"/(?:work|home|root|Users)/\w|\blocalhost:\d{4,}\b|\b(?:10|192\.168)\.\d+\.\d+")


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def headings(page: Path) -> set[str]:
    """The anchors that GitHub makes of the headings of a page."""
    found = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in found}


def test_every_setting_is_in_the_example_and_explained() -> None:
    example, running = text(".env.example"), text("docs/running.md")
    for name in Settings.model_fields:
        assert re.search(rf"^#? ?{name.upper()}=", example, re.MULTILINE), name
        assert f"| `{name.upper()}` |" in running, name


def test_the_example_names_no_setting_that_does_not_exist() -> None:
    named = re.findall(r"^#? ?([A-Z_]{3,})=", text(".env.example"), re.MULTILINE)
    assert {name.lower() for name in named} == set(Settings.model_fields)


def test_the_usual_values_in_the_documents_are_those_of_the_program() -> None:
    running = text("docs/running.md")
    for name in ("database_url", "host", "port", "messages_per_second", "telegram_api_url", "log_level"):
        assert f"| `{name.upper()}` | `{Settings.model_fields[name].default}` |" in running, name


def test_every_command_of_the_terminal_is_explained() -> None:
    commands = typer.main.get_command(cli.app).commands  # type: ignore[attr-defined]
    for name in commands:
        assert f"`first-mile {name}" in text("docs/running.md"), name


def test_every_chat_command_is_explained_to_the_people_who_use_it() -> None:
    using = text("docs/using.md")
    assert set(COMMANDS) == set(re.findall(r"^\| `/(\w+)` \|", using, re.MULTILINE))


def seconds(span: timedelta) -> int:
    return int(span.total_seconds())


SPANS = [
    ("docs/architecture.md", f"under a lease of {seconds(deliveries.LEASE)} seconds"),
    ("docs/architecture.md", f"a `sending` row under a lease of {seconds(deliveries.LEASE)} s"),
    ("docs/architecture.md", f"a `new` row under a lease of {seconds(updates.LEASE)} s"),
    ("docs/architecture.md", f"kept for {updates.DEAD_KEPT.days} days"),
    ("docs/architecture.md", f"silent for {privacy.STRANGERS_KEPT.days} days"),
    ("docs/architecture.md", f"({seconds(broadcasts.UNDO)} seconds to undo"),
    ("docs/decisions/0007-permit-before-claim.md", f"at most {IN_FLIGHT})"),
    ("docs/decisions/0008-few-calls-in-flight.md", f"at most {IN_FLIGHT} deliveries"),
    ("docs/decisions/0010-inbox-by-update-id.md", f"after {updates.KEPT.days} days"),
    ("docs/decisions/0018-caps-and-same-topic.md", f"once in {people.SAME_TOPIC.days} days"),
    ("docs/decisions/0019-awake-in-conversation.md", f"last {seconds(people.IN_CONVERSATION) // 60} minutes"),
    ("docs/privacy.md", f"its number: {updates.KEPT.days} days"),
    ("docs/privacy.md", f"{Place.keep_answers_days} days after their check-ins have ended"),
    ("docs/privacy.md", f"a card that nobody used: {enrolling.CARD_LASTS.days} days"),
    ("docs/privacy.md", f"or {updates.DEAD_KEPT.days} days if that failed"),
    ("docs/privacy.md", f"erased {privacy.STRANGERS_KEPT.days} days after"),
    ("docs/using.md", f"works once and for {circles.CHAMPION_INVITATION_LASTS.days} days"),
    ("docs/using.md", f"waits for you for {drafts.LASTS.days} days"),
    ("docs/using.md", f"For {seconds(broadcasts.UNDO)} seconds you can call it back"),
    ("docs/using.md", f"within {seconds(broadcasts.DELETABLE) // 3600} hours"),
    ("docs/using.md", f"once in {people.SAME_TOPIC.days} days"),
    ("docs/using.md", "tap " + ", ".join(map(str, PAUSES[:-1])) + f" or {PAUSES[-1]} days"),
]


@pytest.mark.parametrize(("page", "words"), SPANS)
def test_spans_in_the_documents_are_those_of_the_program(page: str, words: str) -> None:
    assert words in " ".join(text(page).split())


def test_every_tick_is_explained_with_its_span() -> None:
    table = dict(re.findall(r"^\| `(\w+\.\w+)` \| (\d+ \w+) \|", text("docs/architecture.md"), re.MULTILINE))
    spans = {tick.name: "1 h" if tick.seconds == 3600 else f"{tick.seconds} s" for tick in ticks.TICKS}
    assert table == spans


@pytest.mark.parametrize("words", [State, Kind])
def test_every_state_and_kind_of_a_delivery_is_explained(words: type[State] | type[Kind]) -> None:
    architecture = text("docs/architecture.md")
    for word in words:
        assert f"| `{word.value}` |" in architecture, word


def test_lanes_and_purposes_are_named() -> None:
    for lane in Lane:
        assert f"`{lane.name.lower()}`" in text("docs/architecture.md")
    for purpose in Purpose:
        assert f"`{purpose.value}`" in text("docs/glossary.md")


def test_promise_9_every_table_is_explained_where_privacy_is() -> None:
    privacy = text("docs/privacy.md")
    for name in metadata.tables:
        assert re.search(rf"^\|.*`{name}`", privacy, re.MULTILINE), name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        if link.startswith(("https://", "http://", "mailto:")):
            continue
        target, _, anchor = link.partition("#")
        there = (page.parent / target).resolve() if target else page
        assert there.exists(), f"{page.name}: {link}"
        if anchor:
            assert anchor in headings(there), f"{page.name}: {link}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_files_that_are_named_exist(page: Path) -> None:
    for path in PATH.findall(page.read_text(encoding="utf-8")):
        if "<" not in path and "NNNN" not in path and not any(ROOT.glob(path)) and not any(page.parent.glob(path)):
            assert page.parent == ROOT / "messages", f"{page.name}: {path}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_is_finished_and_true_on_every_machine(page: Path) -> None:
    content = page.read_text(encoding="utf-8")
    assert not UNFINISHED.search(content)
    assert not OF_ONE_MACHINE.search(content)
    assert content.startswith("# ") and content.endswith("\n")


def test_decisions_are_numbered_once_and_dated() -> None:
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    numbers = [page.name[:4] for page in pages]
    assert len(set(numbers)) == len(numbers)
    for page in pages:
        assert re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", page.name), page.name
        assert re.search(r"^20\d\d-\d\d-\d\d", page.read_text(encoding="utf-8"), re.MULTILINE), page.name


def test_the_code_of_the_documents_lists_the_numbers_that_are_measured() -> None:
    """The names in the table of numbers are those that /metrics gives."""
    source = text("bot/web/metrics.py")
    given = set(re.findall(r'"(first_mile_\w+)"', source))
    named = set(re.findall(r"^\| `(first_mile_\w+)`", text("docs/running.md"), re.MULTILINE))
    assert {name.removesuffix("_total") for name in named} == given


def test_the_procfile_starts_a_command_that_exists() -> None:
    commands = typer.main.get_command(cli.app).commands  # type: ignore[attr-defined]
    started = re.findall(r"^\w+: .*first-mile (\w+)", text("Procfile"), re.MULTILINE)
    assert started and set(started) <= set(commands)
