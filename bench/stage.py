"""What people do on their phones, told to the simulated Telegram through its control routes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from bench.processes import Failed

Shown = dict[str, Any]


@dataclass(frozen=True)
class Counts:
    """chats: messages per chat (by Telegram id). refused: 429s given. arrivals: (seconds, method, chat) accepted."""

    chats: dict[int, int]
    refused: int
    arrivals: list[tuple[float, str, int]]


class Stage:
    """`client` speaks to the simulator's address."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def people(self, first_id: int, count: int) -> None:
        """So many who started the bot long ago, with names made from their ids."""
        await self._post("/sim/phones", first_id=first_id, count=count)

    async def phone(self, telegram_id: int, name: str) -> None:
        """One more of them, by name."""
        await self._post("/sim/phones", first_id=telegram_id, count=1, first_name=name)

    async def block(self, share: float, spared: list[int]) -> set[int]:
        """That share has blocked the bot without its knowing; gives their ids."""
        answer = await self._post("/sim/block", share=share, **{"except": spared})
        return set(answer["blocked"])

    async def types(self, who: int, text: str, reply_to: int | None = None) -> int:
        """Gives the message's id."""
        return int((await self._post(f"/sim/phones/{who}/types", text=text, reply_to=reply_to))["message_id"])

    async def opens(self, who: int, link: str) -> None:
        await self._post(f"/sim/phones/{who}/opens", link_or_payload=link)

    async def taps(self, who: int, button: str, message_id: int | None = None) -> None:
        await self._post(f"/sim/phones/{who}/taps", label_or_data=button, message_id=message_id)

    async def messages(self, who: int) -> list[Shown]:
        """What the phone shows, oldest first."""
        shown: list[Shown] = (await self._get(f"/sim/phones/{who}"))["messages"]
        return shown

    async def counts(self, words: str) -> Counts:
        """`words`: only messages that hold them are counted per chat."""
        answer = await self._get("/sim/counts", containing=words)
        chats = {int(one): number for one, number in answer["chats"].items()}
        return Counts(chats, answer["refused"], [(at, method, chat) for at, method, chat in answer["arrivals"]])

    async def forget(self) -> None:
        """Counting starts anew."""
        await self._post("/sim/forget")

    async def _post(self, path: str, **wish: Any) -> dict[str, Any]:
        return _checked(await self._client.post(path, json=wish))

    async def _get(self, path: str, **query: str) -> dict[str, Any]:
        return _checked(await self._client.get(path, params=query))


def _checked(answer: httpx.Response) -> dict[str, Any]:
    if answer.status_code != 200:
        raise Failed(f"the simulator refused {answer.request.url.path}: {answer.text}")
    found: dict[str, Any] = answer.json()
    return found


def data_of(message: Shown) -> list[str]:
    """What the buttons under a message carry."""
    return [button.get("callback_data", "") for row in message["buttons"] for button in row]


def at(message: Shown) -> datetime:
    """When it stood in the chat."""
    return datetime.fromisoformat(message["at"])
