"""Everything a part of the program is handed to work with. No import-time singletons: one process can hold several."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from datetime import time as wall_time
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.catalogue.catalogue import Catalogue
from bot.catalogue.fields import show_date, show_time
from bot.catalogue.plan_loader import digest_of, load_plans
from bot.catalogue.template_file import parse
from bot.clock import Clock
from bot.config import Settings
from bot.domain.hours import local
from bot.domain.place import Place
from bot.domain.plans import Plan
from bot.domain.templates import Template
from bot.store.database import Database
from bot.store.template_figures import Use


class Shelf:
    """Holds the catalogue in use; reloading puts a new one here. Texts kept in the database are read once each."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.stamp: object = None
        self.titles: dict[tuple[str, str], str] = {}  # of approved words, by topic and language
        self.use: tuple[datetime, dict[str, Use]] | None = None  # when it was counted, by topic
        self._read: dict[tuple[str, str], Template | None] = {}
        self._plans: dict[tuple[str, str], Plan | None] = {}

    def replace(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._read, self._plans = {}, {}

    def read_plan(self, plan_id: str, plan: str, words: dict[str, str]) -> Plan | None:
        """The plan in stored texts; None when the proof has become stricter since they were written."""
        key = (plan, str(sorted(words.items())))
        if key not in self._plans:
            present = self._present_plan(plan_id, plan, words)
            self._plans[key] = present or _plan_from(plan_id, plan, words, self.catalogue.place)
        return self._plans[key]

    def _present_plan(self, plan_id: str, plan: str, words: dict[str, str]) -> Plan | None:
        """The stored texts are the files as they are now: they have been read already."""
        present = self.catalogue.plans.get(plan_id)
        if present is None or present.file_digest != digest_of(plan):
            return None
        digests = {language: digest_of(text) for language, text in words.items()}
        same = {one: known for one, known in present.words.items() if digests.get(one) == known.digest}
        return replace(present, words=same) if same.keys() == words.keys() else None

    def read(self, source: str, file_name: str) -> Template | None:
        """The template in a stored text; None when the rules have become stricter since it was written."""
        if (source, file_name) not in self._read:
            self._read[source, file_name] = self._present(source, file_name) or self._parsed(source, file_name)
        return self._read[source, file_name]

    def _present(self, source: str, file_name: str) -> Template | None:
        """The stored text is the file as it is now: it has been read already."""
        topic, language, _ = file_name.split(".")
        present = self.catalogue.templates.get((topic, language))
        return present if present is not None and present.source_text == source else None

    def _parsed(self, source: str, file_name: str) -> Template | None:
        # By the rules of one text alone: the file of its source may have changed since, and is not in use yet.
        return parse(source, file_name, self.catalogue.place).template


def _plan_from(plan_id: str, plan: str, words: dict[str, str], place: Place) -> Plan | None:
    """A plan is two files; its loader reads a folder, so that one set of rules serves files and stored texts."""
    with TemporaryDirectory(prefix="first-mile-plan-") as folder:
        (Path(folder) / f"{plan_id}.toml").write_text(plan, encoding="utf-8")
        for language, text in words.items():
            (Path(folder) / f"{plan_id}.{language}.toml").write_text(text, encoding="utf-8")
        return load_plans(Path(folder), place).plans.get(plan_id)


@dataclass(frozen=True)
class Runtime:
    """`secret` keys the hashes; `bot_username` makes the links."""

    settings: Settings
    database: Database
    shelf: Shelf
    clock: Clock
    secret: bytes
    bot_username: str

    @property
    def catalogue(self) -> Catalogue:
        return self.shelf.catalogue

    @property
    def place(self) -> Place:
        return self.shelf.catalogue.place

    def now(self) -> datetime:
        """The present instant, in whole milliseconds as the database keeps them."""
        instant = self.clock.now()
        return instant - timedelta(microseconds=instant.microsecond % 1000)

    def say(self, language: str, phrase: str, /, **values: object) -> str:
        """A sentence of the bot's own as Telegram HTML."""
        return self.catalogue.phrases.say(language, phrase, **values)

    def plain(self, language: str, phrase: str, /, **values: object) -> str:
        """The same without markup, for buttons, menus and files."""
        return self.catalogue.phrases.plain(language, phrase, **values)

    def day(self, instant: datetime, zone: str | None, language: str) -> str:
        """A day as people say it, in their zone: Thursday 3 December."""
        return show_date(local(instant, zone or self.place.zone).date(), language)

    def time(self, instant: datetime, zone: str | None, language: str) -> str:
        """A time of day as people say it, in their zone: 5:30pm."""
        return show_time(local(instant, zone or self.place.zone).time(), language)

    def moment(self, instant: datetime, zone: str | None, language: str) -> str:
        """Day and time, in a person's zone: Thursday 3 December, 5:30pm."""
        comma = "،" if language == "ar" else ","
        return f"{self.day(instant, zone, language)}{comma} {self.time(instant, zone, language)}"

    def clock_time(self, hour: int, minute: int, language: str) -> str:
        """A wall time as people say it."""
        return show_time(wall_time(hour % 24, minute), language)

    def link(self, payload: str) -> str:
        """A deep link that opens the bot with this payload."""
        return f"https://t.me/{self.bot_username}?start={payload}"
