"""Photos that were sent together come one by one: the first is the question or the answer, the others follow it."""

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions import relaying
from bot.actions.replies import Said
from bot.domain.deliveries import Method, State
from bot.runtime import Runtime
from bot.store import deliveries as delivery_store
from bot.store import people as people_store
from bot.store import relays as relay_store
from bot.store import replies as store
from bot.store.replies import Reply


async def continue_album(runtime: Runtime, author_id: int, said: Said) -> bool:
    """Photos sent together come one by one: the others follow the first. False when this is the first."""
    async with runtime.database.write() as tx:
        first = await store.first_of_album(tx, author_id, said.album)
        if first is None:
            return False
        piece = await store.add(
            tx,
            resident_id=first.resident_id,
            author_id=author_id,
            reader_id=first.reader_id,
            direction="piece",
            body=said.text,
            media=said.media,
            about="",
            album=said.album,
            message_id=said.message_id,
            broadcast_id=first.broadcast_id,
            answers_id=first.id,
            state="answered",
            at=runtime.now(),
        )
        if piece is not None:
            await _send_piece(tx, runtime, first, piece)
        return True


async def _send_piece(tx: AsyncConnection, runtime: Runtime, first: Reply, piece: Reply) -> None:
    prefix = f"relay:{first.id}:" if first.direction == "question" else relaying.answer_key(first.id)
    author = await people_store.by_id(tx, piece.author_id)
    for heading in await relay_store.with_prefix(tx, prefix):
        if heading.method is Method.SEND and heading.state is not State.CLEARED:
            due_at = max(runtime.now(), heading.due_at)
            row = relaying.copy(heading.key, piece, heading.person_id, heading.kind, author, due_at, first.id)
            await delivery_store.put(tx, [row], runtime.now())
