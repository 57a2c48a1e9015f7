"""The phrases and the program fit together: no key is missing, none is left over, and every one can be said."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from bot.actions import enrolling, machine_health, owning, rereading, timelines
from bot.actions.answering import HELLO
from bot.catalogue import Phrases
from bot.catalogue.cards import can_draw
from bot.catalogue.phrase_files import PhraseFile
from bot.catalogue.place_duty import WEEKDAYS
from bot.catalogue.template_writing import parts_of
from bot.conversations import enrolment_steps
from bot.conversations.media import KINDS as MEDIA
from bot.conversations.menus import EVERYBODY, OF_ROLE
from bot.conversations.routes import COMMANDS
from bot.delivery import verdicts
from bot.domain.approvals import Obstacle
from bot.domain.broadcasts import Phase
from bot.domain.checkins import LAST_QUESTION, Course, Silent
from bot.domain.checkins import Enrolment as Enrolled
from bot.domain.checkins import Stage as Asking
from bot.domain.concerns import Outcome, Rung
from bot.domain.people import Purpose, Role
from bot.domain.place import REQUIRED_NUMBERS
from bot.domain.plans import SENTENCES, Level, Tier
from bot.domain.reach import Reach
from bot.domain.stopping import means_stop
from bot.domain.template_states import Stage as WordsStage
from bot.domain.templates import FieldType
from bot.domain.wording import lint
from bot.store.enrolled import KINDS
from bot.store.privacy import columns_of
from bot.store.schema import metadata
from bot.store.sent import OUTCOMES
from bot.ticks import TICKS
from bot.web import settings_form
from bot.web.charts import CHARTS
from bot.web.rendering import MENU
from bot.web.template_editor import MEANINGS
from tests.catalogue.conftest import MESSAGES

BOT = Path(__file__).parents[2] / "bot"
FOLDER = MESSAGES / "phrases"
LANGUAGES = ("en", "bn", "ar")
LONGEST_LABEL, LONGEST_TOAST, LONGEST_MESSAGE = 64, 200, 4096
COMMAND = re.compile(r"(?<![\w<:/.])/([a-z]+)")
TAG = re.compile(r"</?[a-z]+>")

# What stands in for each placeholder: as long as it really gets.
FORTY = "Elm House neighbours and friends of ours"
LISTS = ("champions", "circles", "faults", "fields", "hidden", "left_out", "not_reached", "reasons", "topics")
NUMBERS = ("count", "days", "longest", "members", "number", "per_week", "replies", "seconds", "sent", "total")
LONG = {
    "champion": FORTY,
    "circle": FORTY,
    "value": FORTY,
    "name": "Oluwaseun Adebayo-Williams",
    "cover": "Oluwaseun Adebayo-Williams",
    "text": "May I come with my sister too?",
    "language": "Português",
}


class Person:
    """Stands in for a row: any attribute is a few words."""

    def __getattr__(self, name: str) -> str:
        return "words"


def sample(name: str) -> object:
    if name == "person":
        return Person()
    if name in LISTS:
        return ["Ben", "Dalia"]
    return 3 if name in NUMBERS else LONG.get(name, "words")


PHRASES, FAULTS, _ = Phrases.load(FOLDER, LANGUAGES)
FILES: dict[str, PhraseFile] = PHRASES._words  # with the words of the desk
ENGLISH = FILES["en"]
KEYS = {*ENGLISH.texts, *ENGLISH.lists}
TABLES = {key.partition(".")[0] for key in KEYS}
# Reasons of rows that stand in no report: relayed words, notices, progress, corrections.
OF_OTHER_ROWS = {"no_volunteer", "answered", "back", "corrected_again", "finished", "read_by_cover"}
OF_OTHER_ROWS |= {"answered_elsewhere", "asked_for_a_ring", "not_active", "over", "taken"}
NOT_A_PHRASE = re.compile(r".*\.(json|id|html|css|js|svg)")  # the name of a file, a column


@cache
def nodes() -> tuple[ast.AST, ...]:
    """Everything in modules that can say something; `ticks` has names of its own that look like keys."""
    paths = [path for path in sorted(BOT.rglob("*.py")) if "store" not in path.parts and path.name != "ticks.py"]
    trees = [ast.parse(path.read_text(encoding="utf-8"), str(path)) for path in paths]
    return tuple(node for tree in trees for node in ast.walk(tree))


@cache
def in_views() -> tuple[set[str], set[str]]:
    """(keys, beginnings of keys that are put together with ~) in the pages of the desk."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(BOT.rglob("views/*.html")))
    named = re.compile(rf"[\"']((?:{'|'.join(sorted(TABLES))})\.[a-z_0-9]*)[\"']( ~)?")
    found = [(one[1], bool(one[2])) for one in named.finditer(text)]
    return {key for key, goes_on in found if not goes_on}, {key for key, goes_on in found if goes_on}


def literal_keys() -> set[str]:
    key = re.compile(rf"(?:{'|'.join(sorted(TABLES))})\.[a-z_0-9]+")
    words = {node.value for node in nodes() if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    whole = {word for word in words if key.fullmatch(word) and not word.endswith("_")}
    return {word for word in whole | in_views()[0] if word in KEYS or not NOT_A_PHRASE.fullmatch(word)}


def built_prefixes() -> set[str]:
    """The beginnings of keys that are put together: f"reasons.{key}" gives "reasons."."""
    start = re.compile(rf"(?:{'|'.join(sorted(TABLES))})\.[a-z_]*")
    firsts = (node.values[0] for node in nodes() if isinstance(node, ast.JoinedStr))
    said = {one.value for one in firsts if isinstance(one, ast.Constant) and start.fullmatch(str(one.value))}
    return said | in_views()[1]


def reasons() -> set[str]:
    """Everything that can be the reason why somebody was not reached: what the wire says, and what we decide."""
    tables = (verdicts._NOBODY_THERE, verdicts._TARGET_LOST, verdicts._BROKEN)
    of_the_wire = {why for table in tables for why in table.values()} | {"refused", "migrated", "no_connection"}
    return of_the_wire | decided_reasons()


def decided_reasons() -> set[str]:
    """The words in Never(state, "…"), in halt, silence and clear, and in reason="…"."""
    found: set[str] = set()
    for call in (node for node in nodes() if isinstance(node, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        given = [*call.args] if name in ("Never", "halt", "silence", "clear") else []
        given += [keyword.value for keyword in call.keywords if keyword.arg == "reason"]
        found |= {one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str)}
    return found - OF_OTHER_ROWS - {""}


def subjects() -> set[str]:
    """The nouns that a line of the audit trail can be about: what begins an f-string where one is noted."""
    calls = (node for node in nodes() if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".note"))
    texts = (arg for call in calls for arg in call.args if isinstance(arg, ast.JoinedStr))
    begins = {str(one.values[0].value) for one in texts if isinstance(one.values[0], ast.Constant)}
    return {one.removesuffix(":") for one in begins if one.endswith(":")}


def deeds() -> set[str]:
    """Everything that a line of the audit trail can be: what is given to machine.note, also by way of a name."""
    found: set[str] = set()
    for function in (node for node in nodes() if isinstance(node, ast.AsyncFunctionDef)):
        inside = [*ast.walk(function)]
        noted = [
            one
            for one in inside
            if isinstance(one, ast.Call) and ast.unparse(one.func) in ("machine.note", "door.note")
        ]
        given = [one.args[3 if ast.unparse(one.func) == "machine.note" else 2] for one in noted]
        names = {one.id for one in given if isinstance(one, ast.Name)}
        assigned = [one.value for one in inside if isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) in names]
        words = [word for one in (*given, *assigned) for word in ast.walk(one) if isinstance(word, ast.Constant)]
        found |= {str(word.value) for word in words}
    built = {f"enrolment_{one.value}" for one in Course}
    return (found - {"enrolment_"}) | (built if "enrolment_" in found else set())


def concern_events() -> set[str]:
    """Everything that a line of a concern's history can say."""
    happened = {"opened", "taken", "spoken", "passed_on", "called", "not_called", "note", "goes_on", "ends", "died"}
    happened |= {owning.ASKED, owning.CAME_BACK, "not_reached"}
    return happened | {f"told_{one.value}" for one in Rung} | {f"closed_{one.value}" for one in Outcome}


def checkin_events() -> set[str]:
    """Everything that a line of the timeline of somebody's check-ins can say, besides what happens to a concern."""
    deeds = {"enrolment_invited", "enrolment_confirmed", "enrolled", "enrolled_assisted", "companion_asked"}
    deeds |= {"companion_none", "asked_for_it", *(f"enrolment_{one}" for one in ("moved", "paused", "resumed"))}
    deeds |= {"enrolment_fewer", "enrolment_all", *(f"ended_{one.value}" for one in Course)}
    of_checkins = {"asked", "last_asked", "closing", "reminded", "answered", "answered_by_phone", "half_answered"}
    return deeds | of_checkins | {"missed", "not_sent", "left_out", "concern"} | timelines.CLEARED


def troubles() -> set[str]:
    """Everything that can be amiss with the machine."""
    parts = {f"{part}_{how}" for part in machine_health.PARTS for how in ("stands", "cannot")}
    return parts | {"slow", "uncertain", "broken_files", "given_up", "tick_silent", "unheard"}


def families() -> dict[str, set[str]]:
    """What the program can put behind each prefix."""
    tables = metadata.sorted_tables
    owned = {table.name for table in tables if columns_of(table, "owner")}
    named = {f"{table.name}_named" for table in tables if columns_of(table, "mention")}
    return {
        "obstacles.": {one.value for one in Obstacle},
        "menu.": set(COMMANDS) - {"start"},
        "works.": {tick.name.partition(".")[0] for tick in TICKS},
        "plans.raises_": {one.value for one in Level},
        "plans.example_": {"name", "named"},
        "buttons.tier_": {one.value for one in Tier},
        "buttons.consent_": {one.value for one in enrolling.PURPOSES[1:]},
        "buttons.course_": {"hospital", "day", "all", "fewer", "named", "backup", "time", "consents", "stop", "again"},
        "course.": {"fewer", "all"},
        "enrolling.": {"named_question", "backup_question"},
        "enrolling.ask_": set(enrolment_steps.ORDER) - {"check"},
        "enrolling.witness_": set(enrolment_steps.PURPOSE),
        "buttons.say_": {"yes", "no"},
        "media.": set(MEDIA),
        "mydata.": owned | named,
        "reasons.": reasons(),
        "broadcasts.": {"when_day", "when_time"},
        "buttons.circle_": {"card", "link", "name", "close"},
        "buttons.": {"back_again", "not_away"},
        "buttons.called_": {"yes", "no"},
        "buttons.checkin_": {"now", "later", "not_today", "stop"},
        "buttons.concern_": {"take", "spoken", "pass", "close", "see"},
        "buttons.last_": {one.id for one in LAST_QUESTION.answers},
        "buttons.outcome_": {one.value for one in Outcome},
        "concern_events.": concern_events(),
        "concern_reasons.": {"safeguarding", "silent", "human_decides", "not_asked", "not_arrived", "unreachable"}
        | {"asked_for_a_ring", "words", "answer", "answered"},
        "oncall.": set(),  # keys of place.toml begin so, too
        "words.": {f"checkin_{one.id}" for one in HELLO.answers} | {f"last_{one.id}" for one in LAST_QUESTION.answers},
        "circles.": {"away_now", "away_waiting"},
        "desk_audit.what_": deeds(),
        "desk_audit.about_": subjects(),
        "desk_settings.": {*settings_form.TEXTS, *settings_form.CAPS, "waking_from", "waking_to"}
        | {"working_from", "working_to"},
        "desk_settings.number_": {*REQUIRED_NUMBERS},
        "desk_settings.day_": {*WEEKDAYS},
        "desk_plans.part_": {*SENTENCES, "emergency"},
        "desk_plans.raises_": {one.value for one in Level},
        "desk_plans.silent_": {one.value for one in Silent},
        "desk_plans.as_": {one.value for one in Tier},
        "desk_people.reach_": {one.value for one in Reach},
        "desk_people.role_": {one.value for one in Role},
        "desk_people.purpose_": {one.value for one in Purpose},
        "desk_broadcasts.": {"week_of", "replies", "answered_in_a_day", "message", "people", "left", "against_line"}
        | {"language", "tier", "check_ins", "answered_share"},
        "desk_broadcasts.state_": {one.value for one in Phase},
        "desk_broadcasts.outcome_": set(OUTCOMES),
        "desk_broadcasts.chart_": {name.replace("-", "_") for name in CHARTS},
        "desk.menu_": {name for _, name in MENU},
        "desk.level_": {one.value for one in Level},
        "desk_templates.stage_": {one.value for one in WordsStage},
        "desk_templates.about_": {one.value for one in WordsStage},
        "desk_templates.kind_": {one.value for one in FieldType},
        "desk_templates.means_": set(MEANINGS),
        "desk_templates.part_": {part.name for part in parts_of("")},
        "desk_checkins.kind_": set(KINDS),
        "desk_checkins.state_": {one.value for one in Enrolled},
        "desk_checkins.said_": {"chosen", "asked", "accepted", "declined"},
        "desk_checkins.may_": {one.value for one in enrolling.PURPOSES},
        "desk_checkins.enrol_": {"card", "assisted", "asked"},
        "desk_checkins.about_": {"card", "assisted", "asked"},
        "desk_checkins.event_": checkin_events(),
        "desk_today.stage_": {one.value for one in Asking},
        "desk_today.step_": {"place", "champion", "message", "enrolment", "done", "next", "later"},
        "desk_today.help_": {"place", "champion", "message", "enrolment"},
        "desk_today.machine_": troubles(),
        "desk_templates.": set(rereading.ORDER),
        "desk_today.do_": troubles(),
    }


def test_every_phrase_is_sound() -> None:
    assert [str(fault) for fault in FAULTS] == []


def test_every_key_that_the_program_says_exists() -> None:
    assert literal_keys() - KEYS == set()


def test_every_key_that_the_program_puts_together_exists() -> None:
    assert built_prefixes() <= families().keys(), "say in families() what the new prefix can become"
    built = {prefix + end for prefix, ends in families().items() for end in ends}
    assert built - KEYS == set()


def test_no_key_is_left_over() -> None:
    open_ended = ("reasons.",)  # rows keep reasons that earlier versions wrote
    fixed = {prefix + end for prefix, ends in families().items() for end in ends}
    left = {key for key in KEYS - literal_keys() - fixed if not key.startswith(open_ended)}
    assert left == {"language.name", "words.stop"} - literal_keys()


def test_menus_offer_only_commands_that_are_answered() -> None:
    shown = {*EVERYBODY, *(name for names in OF_ROLE.values() for name in names)}
    assert shown <= set(COMMANDS)
    assert set(COMMANDS) - shown <= {"start"}


def test_commands_named_in_a_phrase_exist() -> None:
    named = {command for source in ENGLISH.texts.values() for command in COMMAND.findall(source)}
    assert named <= set(COMMANDS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_can_be_said_and_fits(language: str) -> None:
    for key, names in FILES[language].names.items():
        said = PHRASES.say(language, key, **{name: sample(name) for name in names})
        assert said.strip(), key
        assert len(said.encode("utf-16-le")) // 2 <= LONGEST_MESSAGE, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_line_of_a_printed_card_can_be_drawn(language: str) -> None:
    for key, names in FILES[language].names.items():
        if key.startswith("cards."):
            assert can_draw(PHRASES.plain(language, key, **dict.fromkeys(names, "Elm House"))), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_button_labels_stay_readable_with_long_names(language: str) -> None:
    for key, names in FILES[language].names.items():
        if key.startswith("buttons."):
            label = PHRASES.plain(language, key, **{name: sample(name) for name in names})
            assert "\n" not in label, key
            assert len(label) <= LONGEST_LABEL, f"{language} {key}: {label}"


def toasts() -> set[str]:
    """The phrases shown as the short answer to a tap."""
    calls = (node for node in nodes() if isinstance(node, ast.Call))
    said = [call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == "toast" and call.args]
    return {str(call.args[0].value) for call in said if isinstance(call.args[0], ast.Constant)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_short_answers_to_a_tap_fit(language: str) -> None:
    assert toasts()
    for key in toasts():
        names = FILES[language].names[key]
        assert len(PHRASES.plain(language, key, **{name: sample(name) for name in names})) <= LONGEST_TOAST, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_commands_menu_fits(language: str) -> None:
    for key in FILES[language].texts:
        if key.startswith("menu."):
            assert 1 <= len(PHRASES.plain(language, key)) <= 60, key


def test_the_bot_speaks_plainly() -> None:
    """Paragraphs are left out: the source holds alternatives side by side that nobody reads together."""
    said = ENGLISH.texts.items()
    remarks = [f"{key}: {one.what}" for key, source in said for one in lint(source, "en")]
    assert [one for one in remarks if "paragraph" not in one] == []


@pytest.mark.parametrize("language", ["bn", "ar"])
def test_a_translation_says_everything_that_english_says(language: str) -> None:
    assert {*FILES[language].texts, *FILES[language].lists} == KEYS
    for key, source in ENGLISH.texts.items():
        translated = FILES[language].texts[key]
        assert sorted(TAG.findall(translated)) == sorted(TAG.findall(source)), key
        assert set(COMMAND.findall(translated)) == set(COMMAND.findall(source)), key


@pytest.mark.parametrize("language", ["bn", "ar"])
def test_a_translation_is_a_draft_and_says_so(language: str) -> None:
    files = [FOLDER / f"{language}.toml", *sorted((MESSAGES / "desk").glob(f"*.{language}.toml"))]
    for file in files:
        header = file.read_text(encoding="utf-8").partition("\n[")[0]
        assert "draft" in header and "native speaker" in header, file.name


def test_each_language_is_called_by_its_own_name() -> None:
    names = [PHRASES.plain(language, "language.name") for language in LANGUAGES]
    assert names == ["English", "বাংলা", "العربية"]


def test_promise_2_stop_can_be_typed_in_every_shipped_language() -> None:
    everywhere = PHRASES.everywhere("words.stop")
    assert {"stop", "বন্ধ", "থামুন", "স্টপ", "توقف", "قف", "إيقاف", "ستوب"} <= everywhere
    assert all(word == word.strip().casefold() for word in everywhere)


@pytest.mark.parametrize("language", LANGUAGES)
def test_promise_2_what_stands_on_the_stop_button_can_be_typed(language: str) -> None:
    assert means_stop(PHRASES.plain(language, "buttons.stop"), PHRASES.everywhere("words.stop"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_buttons_that_a_phrase_speaks_of_are_called_so(language: str) -> None:
    stop, back = (f"“{PHRASES.plain(language, f'buttons.{key}')}”" for key in ("stop", "back"))
    assert stop in FILES[language].texts["circles.join_question"]
    assert back in FILES[language].texts["broadcasts.line_doubtful"]


def test_commands_stay_in_one_piece_in_right_to_left_text() -> None:
    assert "\u200e/stop" in PHRASES.say("ar", "people.stays_stopped").replace("/start", "/stop")
    assert "\u200e" not in PHRASES.say("en", "people.stays_stopped")
