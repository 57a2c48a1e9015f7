"""Messages at the desk: where each stands, the same approval as in chat, versions, out of use and back."""

from collections.abc import Mapping

from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.actions import template_drafts, template_lists, template_previews
from bot.actions import templates as actions
from bot.actions.template_drafts import Desktop
from bot.actions.template_lists import Topic, Words
from bot.catalogue.template_changes import Change, changes
from bot.catalogue.template_writing import Sheet, read_sheet, write_sheet
from bot.domain.errors import NotFound, Refused
from bot.domain.template_states import LONGEST_TOPIC, Stage, is_topic
from bot.domain.templates import SOURCE_LANGUAGE, Template
from bot.runtime import Runtime
from bot.store.drafts import Draft
from bot.web.bubbles import bubble_html
from bot.web.desk import Desk, Pages

LOOKS = {
    Stage.PUBLISHED: "good",
    Stage.BLOCKED: "amber",
    Stage.WAITING: "amber",
    Stage.IN_REVIEW: "amber",
    Stage.REFUSED: "red",
}
ONE = "/templates/{topic}/{language}"


def routes(runtime: Runtime) -> list[BaseRoute]:
    pages = Pages(runtime)
    return [
        pages.shows("/templates", listed),
        pages.shows("/templates/new", new),
        pages.does("/templates/new", begin),
        pages.shows(ONE, one),
        pages.does(f"{ONE}/decide", decide),
        pages.does(f"{ONE}/retire", retire),
        pages.does(f"{ONE}/bring-back", bring_back),
        pages.shows(f"{ONE}/versions/{{id:int}}", version),
        pages.does(f"{ONE}/versions/{{id:int}}/restore", restore),
        pages.shows(f"{ONE}/drafts/{{id:int}}", kept),
        pages.does(f"{ONE}/drafts/{{id:int}}/restore", restore_kept),
    ]


def name_of(desk: Desk, language: str) -> str:
    """What a language calls itself."""
    return desk.runtime.plain(language, "language.name") if language in desk.runtime.place.languages else language


def look(words: Words) -> str:
    return LOOKS.get(words.stage, "calm")


async def listed(desk: Desk) -> Response:
    """Every topic with the state of each language. Filters: state, language, words in the title."""
    found = await template_lists.topics(desk.runtime, desk.language)
    stage, language, words = desk.asked("state"), desk.asked("language"), desk.asked("words")
    shown = [one for one in found if _fits(one, stage, language, words)]
    return desk.show(
        "templates.html",
        topics=shown,
        count=len(found),
        named=[(code, name_of(desk, code)) for code in desk.runtime.place.languages],
        name_of=lambda code: name_of(desk, code),
        look=look,
        stages=[(each.value, desk.plain(f"desk_templates.stage_{each.value}")) for each in Stage],
        asked={"state": stage, "language": language, "words": words},
    )


def _fits(topic: Topic, stage: str, language: str, words: str) -> bool:
    of_language = [one for one in topic.words.values() if language in ("", one.language)]
    if words and words.casefold() not in f"{topic.title} {topic.topic}".casefold():
        return False
    return not stage or any(_is(one, stage) for one in of_language)


def _is(words: Words, stage: str) -> bool:
    """A draft may lie on words that are published: then it is both."""
    return words.stage == stage or (stage == Stage.DRAFT and words.draft is not None)


async def new(desk: Desk) -> Response:
    return _new(desk)


def _new(desk: Desk, fault: str = "", status: int = 200) -> Response:
    typed = {"topic": desk.given("topic"), "title": desk.given("title")}
    return desk.show("template_new.html", status, fault=fault, typed=typed, longest=LONGEST_TOPIC)


async def begin(desk: Desk) -> Response:
    """A new topic, in the language that every message is written in first."""
    topic = desk.given("topic").lower()
    if not is_topic(topic):
        return _new(desk, desk.plain("desk_templates.topic_wrong"), 422)
    on = await template_drafts.desktop(desk.runtime, topic, SOURCE_LANGUAGE)
    if on.text:
        return _new(desk, desk.plain("desk_templates.topic_taken"), 422)
    today = desk.runtime.now().date()
    sheet = Sheet(topic, desk.given("title"), source_checked_on=today.isoformat(), author=desk.visitor.person.name)
    await template_drafts.save(desk.runtime, desk.id, (topic, SOURCE_LANGUAGE), write_sheet(sheet), 0)
    return desk.go(f"/templates/{topic}/{SOURCE_LANGUAGE}/edit", "desk_templates.begun")


async def one(desk: Desk) -> Response:
    """One topic in one language: what people read, where it stands, and what was before."""
    topic, language = desk.word("topic"), desk.word("language")
    page = await template_lists.page(desk.runtime, desk.id, topic, language, desk.language)
    on = await template_drafts.desktop(desk.runtime, topic, language)
    return desk.show(
        "template.html",
        longest_why=actions.LONGEST_WHY,
        page=page,
        words=page.words,
        on=on,
        look=look,
        name_of=lambda code: name_of(desk, code),
        bubble=shown(desk, page.words.template),
        waits=page.words.stage in (Stage.WAITING, Stage.IN_REVIEW),
        foreign=language != SOURCE_LANGUAGE,
        since=await changes_since(desk, on, page.words.template.translated_from if page.words.template else ""),
        differs=differs(page.words),
        source=read_sheet(on.source.source, "") if on.source else None,
    )


def differs(words: Words) -> list[Change]:
    """What waits to be read says otherwise than what is in use; nothing when nothing waits, or nothing is in use."""
    if words.newest is None or words.in_use is None or words.newest.approved is not None:
        return []
    return changes(words.in_use.source, words.newest.source)


def shown(
    desk: Desk, template: Template | None, reader: Mapping[str, str] | None = None, *, full: bool = True
) -> dict[str, object] | None:
    """The bubble of a message for the view, None when it cannot be shown."""
    if template is None:
        return None
    made = template_previews.bubble(desk.runtime, template, reader, full=full)
    return {"html": bubble_html(made.html), "buttons": made.buttons, "language": made.language, "length": made.length}


async def changes_since(desk: Desk, on: Desktop, translated_from: str) -> list[Change]:
    """What the source text says otherwise than when this translation was made."""
    if on.source is None or not translated_from or on.source.digest.startswith(translated_from):
        return []
    then = await template_drafts.source_then(desk.runtime, on.topic, translated_from)
    return changes(then.source, on.source.source) if then else []


async def decide(desk: Desk) -> Response:
    """The same action as the buttons in chat."""
    approves, version_id = desk.given("approves") == "yes", desk.given("version")
    if not version_id.isdecimal() or len(version_id) > 12:
        raise NotFound("templates.gone")
    if approves and desk.word("language") != SOURCE_LANGUAGE and desk.given("reads") != "yes":
        raise Refused("templates.must_read_language")
    await template_lists.version_pair(desk.runtime, desk.word("topic"), desk.word("language"), int(version_id))
    await actions.decide(desk.runtime, desk.id, int(version_id), approves, approves, desk.given("why"))
    return _back(desk, "desk_templates.approved_now" if approves else "desk_templates.refused_now")


def _back(desk: Desk, said: str) -> Response:
    return desk.go(f"/templates/{desk.word('topic')}/{desk.word('language')}", said)


async def retire(desk: Desk) -> Response:
    await actions.retire(desk.runtime, desk.id, desk.word("topic"), desk.word("language"))
    return _back(desk, "desk_templates.retired_now")


async def bring_back(desk: Desk) -> Response:
    await actions.bring_back(desk.runtime, desk.id, desk.word("topic"), desk.word("language"))
    return _back(desk, "desk_templates.back_now")


async def version(desk: Desk) -> Response:
    """An earlier version, and what it changed."""
    topic, language = desk.word("topic"), desk.word("language")
    found, before = await template_lists.version_pair(desk.runtime, topic, language, desk.number())
    return desk.show(
        "template_version.html",
        heading=desk.plain("desk_templates.version_of", title=_title(found.source), number=found.number),
        changed=changes(before.source if before else "", found.source),
        first=before is None,
        bubble=shown(desk, actions.template_of(desk.runtime, found)),
        address=f"/desk/templates/{topic}/{language}",
        again=f"/desk/templates/{topic}/{language}/versions/{found.id}/restore",
    )


def _title(source: str) -> str:
    return read_sheet(source, "").title


async def restore(desk: Desk) -> Response:
    topic, language = desk.word("topic"), desk.word("language")
    found, _ = await template_lists.version_pair(desk.runtime, topic, language, desk.number())
    await template_drafts.restore_version(desk.runtime, desk.id, found.id)
    return desk.go(f"/templates/{topic}/{language}/edit", "desk_templates.restored")


async def kept(desk: Desk) -> Response:
    """A text that was kept aside, compared with what is on the desk now."""
    topic, language = desk.word("topic"), desk.word("language")
    on, draft = await template_drafts.desktop(desk.runtime, topic, language), await _kept(desk)
    return desk.show(
        "template_version.html",
        heading=desk.plain("desk_templates.kept_text", author=draft.author, when=desk.moment(draft.saved_at)),
        changed=changes(on.text, draft.source),
        first=False,
        bubble=shown(desk, template_drafts.checked(desk.runtime, on, draft.source).template),
        address=f"/desk/templates/{topic}/{language}/edit",
        again=f"/desk/templates/{topic}/{language}/drafts/{draft.id}/restore",
    )


async def _kept(desk: Desk) -> Draft:
    draft = await template_drafts.get_kept(desk.runtime, desk.number())
    if (draft.topic, draft.language) != (desk.word("topic"), desk.word("language")):
        raise NotFound("templates.gone")
    return draft


async def restore_kept(desk: Desk) -> Response:
    draft = await _kept(desk)
    await template_drafts.restore_draft(desk.runtime, desk.id, draft.id)
    return desk.go(f"/templates/{draft.topic}/{draft.language}/edit", "desk_templates.restored")
