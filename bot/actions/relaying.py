"""How words travel between a resident and whoever answers: never with a number or a username (promise 7)."""

import html
import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import notices
from bot.catalogue.phrases import safe
from bot.domain.deliveries import Kind, Method, State
from bot.domain.people import Purpose, Role
from bot.runtime import Runtime
from bot.store import deliveries as delivery_store
from bot.store import people as people_store
from bot.store import relays as store
from bot.store import replies as reply_store
from bot.store.deliveries import Delivery, New
from bot.store.people import Person
from bot.store.replies import Reply
from bot.store.standings import standing

RELAY_LASTS = timedelta(days=7)
LONGEST = 3000  # UTF-16 units; a longer text is copied whole, as a photo is: with our frame it would not fit in 4096
LONGEST_QUOTED = 80  # what a question is about stands in one short line above it: their own words matter more
_TAG = re.compile(r"<[^>]+>")


def excerpt(body_html: str, longest: int) -> str:
    """The beginning of a message as plain words, for quoting above a reply."""
    return shortened(html.unescape(_TAG.sub("", body_html)).strip(), longest)


def shortened(text: str, longest: int) -> str:
    """At most so many UTF-16 units, cut between words where there are any."""
    if units(text) <= longest:
        return text
    kept = text.encode("utf-16-le")[: 2 * (longest - 1)].decode("utf-16-le", "ignore")
    return (kept.rsplit(" ", 1)[0] or kept) + "…"


def units(text: str) -> int:
    """Length as Telegram counts it."""
    return len(text.encode("utf-16-le")) // 2


def key(reply_id: int, reader_id: int) -> str:
    return f"relay:{reply_id}:{reader_id}"


def answer_key(reply_id: int) -> str:
    return f"answer:{reply_id}"


def is_copied(reply: Reply) -> bool:
    """Whether Telegram copies the message itself below our heading, without saying whose it was."""
    return bool(reply.media) or units(reply.body) > LONGEST


def _words(reply: Reply) -> dict[str, object]:
    copied = is_copied(reply)
    return {"text": "" if copied else reply.body, "media": copied}


async def question(
    tx: AsyncConnection,
    runtime: Runtime,
    reply: Reply,
    resident: Person,
    reader: Person,
    wait: timedelta = timedelta(),
) -> None:
    """A resident's words to the one who answers, with the original above them. `wait`: they may still be withdrawn."""
    due_at = runtime.now() + wait
    row = New(
        key(reply.id, reader.id),
        reader.id,
        Kind.RELAY,
        due_at,
        due_at + RELAY_LASTS,
        await _question_body(tx, runtime, reply, resident, reader),
        _answer_button(runtime, reply, resident, reader),
        extra={"reply_id": reply.id},
        language=reader.language,
        names=(resident.id, *([reply.about_by] if reply.about_by else [])),
    )
    copied = [reply] if is_copied(reply) else []
    copied += await reply_store.pieces_of(tx, reply.id)
    rows = [copy(row.key, one, reader.id, Kind.RELAY, resident, due_at, reply.id) for one in copied]
    await delivery_store.put(tx, [row, *rows], runtime.now())


async def _question_body(tx: AsyncConnection, runtime: Runtime, reply: Reply, resident: Person, reader: Person) -> str:
    reached, words = await reaches(tx, runtime, resident), _words(reply)
    about = shortened(" ".join(reply.about.split()), LONGEST_QUOTED)
    return runtime.say(reader.language, "replies.relay", name=resident.name, about=about, stopped=not reached, **words)


def _answer_button(runtime: Runtime, reply: Reply, resident: Person, reader: Person) -> notices.Buttons:
    return [[notices.button(runtime, reader.language, "buttons.answer", f"answer:{reply.id}", name=resident.name)]]


def copy(heading: str, piece: Reply, to: int, kind: Kind, author: Person, due_at: datetime, reply_id: int) -> New:
    """A message as it is, right after the heading with this key: due at the same instant, and written after it."""
    extra = {"from_chat_id": author.telegram_id, "from_message_id": piece.message_id, "reply_id": reply_id}
    copy_key = f"{heading}:copy:{piece.message_id}"
    return New(copy_key, to, kind, due_at, due_at + RELAY_LASTS, method=Method.COPY, extra=extra, names=(author.id,))


async def question_changed(
    tx: AsyncConnection, runtime: Runtime, reply: Reply, resident: Person, heading: Delivery, stamp: int
) -> None:
    """The words of a question as they are now: in the place of those that wait, or after those that went."""
    now, reader = runtime.now(), await people_store.by_id(tx, heading.person_id)
    if heading.state is State.QUEUED:
        await delivery_store.mark(tx, heading.id, body=await _question_body(tx, runtime, reply, resident, reader))
        return
    body = runtime.say(reader.language, "replies.relay_edited", name=resident.name, **_words(reply))
    row = New(
        f"{heading.key}:{stamp}",
        reader.id,
        Kind.RELAY,
        now,
        now + RELAY_LASTS,
        body,
        _answer_button(runtime, reply, resident, reader),
        extra={"reply_id": reply.id},
        language=reader.language,
        names=(resident.id,),
    )
    rows = [copy(row.key, reply, reader.id, Kind.RELAY, resident, now, reply.id)] if is_copied(reply) else []
    await delivery_store.put(tx, [row, *rows], now)


async def answer(
    tx: AsyncConnection, runtime: Runtime, written: Reply, asked: Reply, resident: Person, reader: Person
) -> None:
    """The reader's words to the resident, in the reader's name, under what the resident had written."""
    now = runtime.now()
    row = New(
        answer_key(written.id),
        resident.id,
        Kind.ANSWER,
        now,
        now + RELAY_LASTS,
        await _answer_body(tx, runtime, written, resident, reader),
        extra={"reply_id": written.id, "reply_to": asked.message_id},
        language=resident.language,
        names=(reader.id,),
    )
    copied = [written] if is_copied(written) else []
    rows = [copy(row.key, one, resident.id, Kind.ANSWER, reader, now, written.id) for one in copied]
    await delivery_store.put(tx, [row, *rows], now)


async def _answer_body(tx: AsyncConnection, runtime: Runtime, written: Reply, resident: Person, reader: Person) -> str:
    helper = Role.CHAMPION not in await people_store.roles_of(tx, reader.id)
    names = {"champion": reader.name, "is_coordinator": helper, "place": runtime.place.name}
    return runtime.say(resident.language, "replies.answer", **names, **_words(written))


async def answer_changed(
    tx: AsyncConnection, runtime: Runtime, written: Reply, resident: Person, reader: Person, stamp: int
) -> None:
    """A reader put their answer right: the words on the resident's phone change, without a sound."""
    sent = await delivery_store.by_key(tx, answer_key(written.id))
    if sent is not None:
        await rewrite(tx, runtime, sent, await _answer_body(tx, runtime, written, resident, reader), str(stamp))


async def answered(tx: AsyncConnection, runtime: Runtime, question_id: int, by: Person) -> None:
    """Whoever else was asked sees who has answered; whoever had not been told yet is not asked any more."""
    rows = [row for row in await store.with_prefix(tx, f"relay:{question_id}:") if row.person_id != by.id]
    waiting = [row.key for row in rows if row.state is State.QUEUED]
    await delivery_store.clear(tx, "answered", runtime.now(), key=waiting)
    for row in rows:
        if row.method is Method.SEND and row.state is State.SENT:
            body = runtime.say(row.language, "replies.relay_answered", body=safe(row.body), champion=by.name)
            await rewrite(tx, runtime, row, body, "answered", names=(by.id,))


async def rewrite(
    tx: AsyncConnection, runtime: Runtime, row: Delivery, body: str, why: str, names: Sequence[int] = ()
) -> None:
    """Other words, and no buttons, for a message that waits or has gone out."""
    now = runtime.now()
    if row.state is State.QUEUED:
        await delivery_store.mark(tx, row.id, body=body)
    elif row.message_id is not None:
        reply = await reply_store.by_id(tx, int(row.extra.get("reply_id", 0)))
        about = (reply.resident_id, reply.author_id) if reply else ()
        edit = New(
            f"{row.key}:edit:{why}",
            row.person_id,
            Kind.TIDY,
            now,
            now + RELAY_LASTS,
            body,
            method=Method.EDIT,
            extra={"message_id": row.message_id, "of": row.id},
            language=row.language,
            names=(*names, *about),
        )
        await delivery_store.put(tx, [edit], now)


async def reaches(tx: AsyncConnection, runtime: Runtime, resident: Person) -> bool:
    """Whether an answer may go to this resident at all: they said yes to something, and have not stopped since."""
    who = await standing(tx, resident, runtime.place)
    return not who.unreachable and (Purpose.ANSWERS in who.purposes or bool(who.purposes and not who.stopped))
