"""The coordinator's desk in chat: read the exact words, then say yes or no for this place."""

from datetime import date

from bot.actions import desk as door
from bot.actions import plans as plan_actions
from bot.actions import templates as actions
from bot.actions.audience import framed
from bot.catalogue.fields import show, show_date
from bot.catalogue.phrases import said_safely
from bot.catalogue.placeholders import samples
from bot.conversations.keyboards import Button, app, link
from bot.conversations.preview import dead_buttons
from bot.conversations.talk import Talk
from bot.domain.errors import NotAllowed
from bot.domain.templates import SOURCE_LANGUAGE, Template
from bot.store.templates import Version

PER_PAGE = 8


def coordinators_only(talk: Talk) -> None:
    if not talk.visitor.is_coordinator:
        raise NotAllowed("errors.coordinators_only")


async def desk(talk: Talk) -> None:
    """/desk: the way to the desk in a browser, and what waits for a coordinator."""
    coordinators_only(talk)
    await _give_link(talk)
    waiting, others = await actions.waiting_for(talk.runtime, talk.id)
    rows = [[talk.button("buttons.read_list", "approve", "list", count=len(waiting))]] if waiting else []
    unread = len(await plan_actions.waiting(talk.runtime))
    rows += [[talk.button("buttons.read_plans", "plan", "list", count=unread)]] if unread else []
    rows += [[talk.button("buttons.all_messages", "approve", "all"), talk.button("buttons.all_plans", "plan", "all")]]
    rows += [[talk.button("buttons.invite_champion", "invite")]]
    faults = [said_safely(fault, talk.language) for fault in talk.runtime.catalogue.faults[:5]]
    counts = {"waiting": len(waiting), "others": len(others), "plans": unread}
    await talk.say("templates.desk", rows, place=talk.runtime.place.name, faults=faults, **counts)


async def _give_link(talk: Talk) -> None:
    """Telegram takes buttons with https addresses only; everything else is shown as it is."""
    address = await door.open_link(talk.runtime, talk.id)
    words = talk.words("desk.chat_link", address=address)
    if address.startswith("https://"):
        inside = app(talk.label("buttons.desk_inside"), f"{door.address(talk.runtime)}/app")
        await talk.write(words, [[link(talk.label("buttons.desk_browser"), address)], [inside]])
    else:
        await talk.write(f"{words}\n{talk.words('desk.chat_here')}")


async def chosen(talk: Talk) -> None:
    """Buttons: approve:list|all[:page], approve:read:<v>, approve:yes|no:<v>."""
    await talk.toast()
    coordinators_only(talk)
    steps = {"list": _list, "all": _all, "read": _read, "yes": _decide, "no": _decide}
    await steps.get(talk.args[0] if talk.args else "list", _list)(talk)


async def _list(talk: Talk) -> None:
    """What waits for a coordinator's reading."""
    waiting, _ = await actions.waiting_for(talk.runtime, talk.id)
    if not waiting:
        rows = [[talk.button("buttons.all_messages", "approve", "all")]]
        await talk.show("templates.nothing_waits", rows)
        return
    await talk.show("templates.list", _page(talk, "list", waiting), count=len(waiting))


async def _all(talk: Talk) -> None:
    """Every message with its verdict: somebody may have tapped too fast, or may think again."""
    newest = await actions.newest(talk.runtime)
    await talk.show("templates.all", _page(talk, "all", newest), count=len(newest))


def _page(talk: Talk, what: str, versions: list[Version]) -> list[list[Button]]:
    page = min(talk.number(1), max(0, len(versions) - 1) // PER_PAGE)
    shown = versions[page * PER_PAGE : (page + 1) * PER_PAGE]
    rows = [[{"text": _name(talk, one), "data": f"approve:read:{one.id}"}] for one in shown]
    turns = [talk.button("buttons.back", "approve", what, page - 1)] if page else []
    if (page + 1) * PER_PAGE < len(versions):
        turns.append(talk.button("buttons.more", "approve", what, page + 1))
    return [*rows, turns] if turns else rows


def _name(talk: Talk, version: Version) -> str:
    template = actions.template_of(talk.runtime, version)
    language = talk.runtime.plain(version.language, "language.name")
    title = template.title if template else version.topic
    state = {None: "waits", True: "approved", False: "refused"}[version.approved]
    return talk.label("buttons.one_message", title=title, language=language, state=state)


async def _read(talk: Talk) -> None:
    """First the exact message, as a bubble of its own; then what it rests on, and the question."""
    version, template = await actions.get(talk.runtime, talk.number(1))
    await talk.write(*sample_message(talk, template))
    foreign = template.language != SOURCE_LANGUAGE
    yes = "buttons.approve_translation" if foreign else "buttons.approve"
    language = talk.runtime.plain(template.language, "language.name")
    rows = [
        [talk.button(yes, "approve", "yes", version.id, style="success", language=language)],
        [talk.button("buttons.refuse", "approve", "no", version.id)],
        [talk.button("buttons.back_to_list", "approve", "list")],
    ]
    await talk.write(_about(talk, version, template), rows)


def sample_message(talk: Talk, template: Template) -> tuple[str, list[list[Button]]]:
    """As a resident would get it, with an example in every field, and its buttons."""
    values = samples(template, talk.runtime.place)
    rendered = talk.runtime.catalogue.render(template, values)
    name, champion = values["name"], values["champion"]
    html = framed(talk.runtime, template.language, name, champion, "", rendered.html)
    return html, dead_buttons(talk, template.language, champion)


def _about(talk: Talk, version: Version, template: Template) -> str:
    def day(value: date) -> str:
        return f"{show_date(value, talk.language)} {value.year}"

    return talk.words(
        "templates.about",
        title=template.title,
        number=version.number,
        author=template.author,
        source=template.source,
        checked=day(template.source_checked_on),
        review=day(template.review_by),
        nation=template.nation,
        fields=[field.question for field in template.fields],
        examples=[show(field, field.example, template.language) for field in template.fields if field.example],
        state={None: "waits", True: "approved", False: "refused"}[version.approved],
        foreign=template.language != SOURCE_LANGUAGE,
        language=talk.runtime.plain(template.language, "language.name"),
    )


async def _decide(talk: Talk) -> None:
    approves = talk.args[0] == "yes"
    version, template = await actions.get(talk.runtime, talk.number(1))
    # The button of a translation says "I read this language and approve it": tapping it is that statement.
    await actions.decide(talk.runtime, talk.id, version.id, approves, reads_language=approves)
    left = len((await actions.waiting_for(talk.runtime, talk.id))[0])
    rows = [[talk.button("buttons.read_list", "approve", "list", count=left)]] if left else []
    rows += [[talk.button("buttons.read_once_more", "approve", "read", version.id)]]
    key = "templates.approved" if approves else "templates.refused"
    language = talk.runtime.plain(template.language, "language.name")
    await talk.show(key, rows, title=template.title, language=language)
