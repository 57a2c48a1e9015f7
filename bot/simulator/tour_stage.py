"""Where the tour is played: actors with phones, a transcript of everything that changes on them, and expectations."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from fnmatch import fnmatchcase
from typing import Protocol
from zoneinfo import ZoneInfo

from rich.console import Console

from bot.simulator import tour_print
from bot.simulator.messages import Button, Message
from bot.simulator.phones import Phone
from bot.simulator.telegram import Telegram


class TourTown(Protocol):
    """What the tour needs of the town: phones, time, and "until the bot has nothing left to do"."""

    @property
    def telegram(self) -> Telegram: ...

    @property
    def zone(self) -> str: ...

    def now(self) -> datetime: ...

    async def settle(self) -> None: ...

    async def turn_to(self, when: datetime) -> None: ...


class Differs(Exception):
    """Something is not as expected; the message is a sentence for whoever runs the tour."""


@dataclass(frozen=True)
class Actor:
    """One person of the story. Buttons are named by a pattern of their data or label: `broadcast:*`."""

    stage: "Stage"
    phone: Phone

    @property
    def name(self) -> str:
        return self.phone.first_name

    async def says(self, text: str, reply_to: int | None = None) -> None:
        await self._acts(text, lambda: self.phone.types(text, reply_to))

    async def taps(self, pattern: str) -> None:
        message, button = self.button(pattern)
        await self._acts(f"[ {button.text} ]", lambda: self.phone.taps(button.data or "", message.message_id))

    async def opens(self, link: str) -> None:
        await self._acts(f"opens {link}", lambda: self.phone.opens(link))

    async def sends_voice(self) -> None:
        await self._acts("(a voice message)", self.phone.sends_voice)

    async def _acts(self, words: str, deed: Callable[[], object]) -> None:
        self.stage.shows(lambda out: tour_print.deed(out, self.name, words))
        self.stage.acted.setdefault(self.phone.user_id, []).append(self.stage.town.now())
        try:
            deed()
        except (LookupError, ValueError) as error:
            raise Differs(str(error)) from None
        await self.stage.settle()

    def button(self, pattern: str) -> tuple[Message, Button]:
        """The newest button that fits."""
        for message in reversed(self.phone.messages):
            for button in (one for row in message.buttons for one in row):
                if fits(button, pattern):
                    return message, button
        raise Differs(f"{self.name} has no button “{pattern}”.")

    def has_button(self, pattern: str) -> bool:
        """Under the newest message of the bot."""
        return any(fits(one, pattern) for row in self.last.buttons for one in row)

    async def leafs_to(self, pattern: str, more: str) -> None:
        """Tap what fits, turning pages with the last button of the list until it is there."""
        seen: set[str | None] = set()
        while True:
            found = [one for row in self.last.buttons for one in row if fits(one, pattern)]
            if found:
                return await self.taps(found[0].data or "")
            pages = [one for row in self.last.buttons[-1:] for one in row if fits(one, more)]
            if not pages or pages[-1].data in seen:
                break
            seen.add(pages[-1].data)
            await self.taps(pages[-1].data or "")
        raise Differs(f"{self.name} does not find “{pattern}” in the list.")

    @property
    def last(self) -> Message:
        if self.phone.last is None:
            raise Differs(f"{self.name} has no message from the bot.")
        return self.phone.last

    def link(self) -> str:
        """The newest link to the bot on this phone."""
        for message in reversed(self.phone.messages):
            for word in message.text.split():
                if "?start=" in word:
                    return word
        raise Differs(f"{self.name} has no link.")

    def having(self, words: str) -> list[Message]:
        """The messages of the bot on this phone that hold these words now."""
        return [one for one in self.phone.messages if one.from_bot and words in one.text]

    def sees(self, *words: str) -> None:
        """The newest message of the bot holds all of these words."""
        for wanted in words:
            self.stage.expects(wanted in self.last.text, f"{self.name} should read “{wanted}” now.")

    def ever_heard(self, words: str) -> int:
        """How many messages held these words, edited and deleted ones included."""
        return len({one.message_id for one in self.phone.history if words in one.text})


def fits(button: Button, pattern: str) -> bool:
    """By its data, whatever may follow it (`join:yes` also fits `join:yes:7`), or by its whole label."""
    data = button.data or ""
    return any(fnmatchcase(data, one) for one in (pattern, f"{pattern}:*")) or fnmatchcase(button.text, pattern)


class Stage:
    """The actors, the time, the transcript, and what one step leaves for the next in `notes`."""

    def __init__(self, town: TourTown, out: Console) -> None:
        self.town, self.out = town, out
        self.notes: dict[str, str] = {}
        self._shown: dict[tuple[int, int], Message] = {}
        self._printed: set[tuple[str, str, tuple[str, ...]]] = set()
        self.acted: dict[int, list[datetime]] = {}
        """When each person used their phone, by the id of the phone."""
        self._quiet = False

    def actor(self, name: str, language: str = "en") -> Actor:
        found = next((one for one in self.town.telegram.phones if one.first_name == name), None)
        return Actor(self, found or self.town.telegram.phone(name, language_code=language))

    def expects(self, is_so: bool, sentence: str) -> None:
        if not is_so:
            raise Differs(sentence)

    def shows(self, line: Callable[[Console], None]) -> None:
        """Print this, unless the stage is quiet."""
        if not self._quiet:
            line(self.out)

    @contextmanager
    def quietly(self, why: str) -> Iterator[None]:
        """What happens meanwhile is played and checked, but not printed; `why` stands in its place."""
        tour_print.aside(self.out, why)
        self._quiet = True
        try:
            yield
        finally:
            self._quiet = False

    async def settle(self) -> None:
        await self.town.settle()
        self._print_changes()

    def local(self) -> datetime:
        """Now, by the clock of the place."""
        return self.town.now().astimezone(ZoneInfo(self.town.zone))

    async def passes(self, **span: float) -> None:
        await self._turn_to(self.town.now() + timedelta(**span))

    async def comes(self, hour: int, minute: int = 0, days: int = 0) -> None:
        """Turn the clock to the next time it is this hour by the place's clock, and so many days more."""
        now = self.local()
        today = datetime.combine(now.date(), time(hour, minute), now.tzinfo)
        late = today <= now
        await self._turn_to(today + timedelta(days=days + late))

    async def _turn_to(self, when: datetime) -> None:
        await self.town.turn_to(when)
        self.shows(lambda out: tour_print.time_passes(out, self.local()))
        self._print_changes()

    def _print_changes(self) -> None:
        """Every bubble of the bot that is new, edited or gone since the last look."""
        phones = {phone.user_id: phone for phone in self.town.telegram.phones}
        now = {(who, one.message_id): one for who, phone in phones.items() for one in phone.messages if one.from_bot}
        before, self._shown = self._shown, now
        if self._quiet:
            return
        for who, message_id in sorted(before.keys() - now.keys()):
            tour_print.gone(self.out, phones[who].first_name, before[who, message_id])
        fresh = [key for key in sorted(now, key=lambda key: key[1]) if _differs(before.get(key), now[key])]
        repeated = Counter((key[0], now[key].text) for key in fresh if key not in before)
        for who, message_id in fresh:
            name, message, old = phones[who].first_name, now[who, message_id], before.get((who, message_id))
            times = 0 if old else repeated.pop((who, message.text), 0)
            self._print(name, message, old, times)

    def _print(self, name: str, message: Message, old: Message | None, times: int) -> None:
        """A bubble in full; the same words to the same person are printed in full once, and in one line after that."""
        known = (name, message.text, _labels(message))
        if old is not None or known not in self._printed:
            tour_print.bubble(self.out, name, message, old)
            times -= 1
        self._printed.add(known)
        if old is None and times > 0:
            tour_print.as_before(self.out, name, message, times)


def _differs(before: Message | None, now: Message) -> bool:
    return before is None or (before.text, before.buttons) != (now.text, now.buttons)


def _labels(message: Message) -> tuple[str, ...]:
    return tuple(one.text for row in message.buttons for one in row)
