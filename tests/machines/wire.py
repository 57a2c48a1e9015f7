"""The judge at the wire: every message that leaves by itself is looked at in the instant in which Telegram takes it.

It knows the promises, the tables and what people did with their phones. It asks none of the product's own rules.
"""

from collections import defaultdict
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.simulator.faults import DONE_ALL_THE_SAME, Trouble
from bot.simulator.telegram import Call
from tests.machines.house import House, door
from tests.machines.people import IDS, telegram_id
from tests.machines.view import Row, View

CHECKIN_LASTS = timedelta(hours=24)  # not_after_hours of the plan
IN_CONVERSATION = timedelta(minutes=60)
HOME = "Europe/London"
NEVER_LEFT = (Trouble.CONNECT_REFUSED, Trouble.CONNECT_TIMEOUT, Trouble.POOL_TIMEOUT)
NEEDS = {"checkin": "checkins", "care": "checkins", "work": "work", "alert": "work", "relay": "work"}
ANSWERS = ("work", "relay", "answer", "care")  # may come at any hour to somebody who spoke just now


class Wire:
    """`wrong`: what no promise allows, in words. `silent`: person -> the newest consent when they said stop."""

    def __init__(self, house: House, view: View) -> None:
        self.house, self._view = house, view
        self.wrong: list[str] = []
        self.silent: dict[int, int] = {}
        self.dead: set[int] = set()
        self.signs: dict[int, list[datetime]] = defaultdict(list)  # person -> whenever they used their phone
        self.idle: list[tuple[datetime, timedelta]] = []  # when no tick rang, and for how long
        self.taken: dict[str, list[int]] = defaultdict(list)  # key of a row -> attempts that Telegram took
        self.doubtful: dict[str, set[int]] = defaultdict(set)  # key -> attempts whose end the bot could not know
        house.telegram.on_call = self._hear

    def _hear(self, call: Call) -> None:
        if door() != "sender" or call.method.lower() not in ("sendmessage", "copymessage"):
            return
        rows = self._under_way(call)
        if len(rows) != 1:
            self.wrong.append(f"{len(rows)} rows were under way when a message left")
            return
        row, trouble = rows[0], call.description
        if len(self.doubtful[row.key]) > 1:
            self.wrong.append(f"{row.key} was tried again after 2 doubts")
        taken = call.status == 200 or trouble in DONE_ALL_THE_SAME
        if taken:
            self._judge(row, call.at)
            self.taken[row.key].append(row.attempts)
        if call.status == 0 and trouble not in NEVER_LEFT:
            self.doubtful[row.key].add(row.attempts)

    def _under_way(self, call: Call) -> list[Row]:
        return self._view.ask(
            "SELECT d.*, p.zone, p.wakes_at AS wakes, p.sleeps_at AS sleeps, p.spoke_at FROM deliveries d "
            "JOIN people p ON p.id = d.person_id WHERE p.telegram_id = ? AND d.state = 'sending'",
            call.params.get("chat_id"),
        )

    def killed(self) -> None:
        """Nobody will ever know what became of what was under way."""
        for row in self._view.ask("SELECT key, attempts FROM deliveries WHERE state = 'sending'"):
            self.doubtful[row.key].add(row.attempts)

    def _judge(self, row: Row, at: datetime) -> None:
        for found in (self._asked_first(row), self._in_time(row, at), self._once(row), self._wanted(row)):
            if found:
                self.wrong.append(f"{row.key} to person {row.person_id} at {at:%a %d %H:%M}: {found}")

    def _asked_first(self, row: Row) -> str:
        """Promises 1 and 2."""
        if row.person_id in self.dead:
            return "they have died"
        purpose = NEEDS.get(row.kind)
        said = self._view.ask(
            "SELECT id, given FROM consents WHERE person_id = ? AND purpose = ? ORDER BY id DESC LIMIT 1",
            row.person_id,
            purpose,
        )
        if purpose and not (said and said[0].given):
            return f"no consent to {purpose}"
        if said and said[0].id <= self.silent.get(row.person_id, -1):
            return "they had stopped"
        return ""

    def _in_time(self, row: Row, at: datetime) -> str:
        """Promise 5."""
        if at > row.not_after:
            return "too late"
        if row.kind == "alert" or (row.kind in ANSWERS and _speaks(row, at)):
            return ""
        wall = at.astimezone(ZoneInfo(row.zone or HOME))
        start, end = _minutes(row.wakes, time(9)), _minutes(row.sleeps, time(19))
        return "" if start <= wall.hour * 60 + wall.minute < end else f"asleep, it is {wall:%H:%M} there"

    def _once(self, row: Row) -> str:
        """Promise 3: again only once, and only when nobody could know whether the first had arrived."""
        before = self.taken[row.key]
        known = [one for one in before if one not in self.doubtful[row.key]]
        return f"copy number {len(before) + 1}" if known or len(before) > 1 else ""

    def _wanted(self, row: Row) -> str:
        """Promise 2: already answered, taken, or no longer asked, at the moment of sending."""
        if row.kind == "checkin":
            return self._checkin_wanted(row)
        if row.key.startswith("alert:"):
            return self._alert_wanted(row)
        return ""

    def _checkin_wanted(self, row: Row) -> str:
        key = ":".join(row.key.split(":")[:3])
        found = self._view.ask(
            "SELECT c.*, e.state AS living FROM checkins c JOIN enrolments e ON e.id = c.enrolment_id WHERE c.key = ?",
            key,
        )
        if not found:
            return "no such check-in"
        one = found[0]
        if row.not_after > one.due_at + CHECKIN_LASTS:
            return "may be sent longer than the plan says"
        if one.kind == "closing":
            return "" if one.living == "ended" else "the plan is not over"
        if one.living != "active" or one.state not in ("asked", "open"):
            return f"the check-in is {one.state} ({one.reason}), the enrolment {one.living}"
        return ""

    def _alert_wanted(self, row: Row) -> str:
        found = self._view.ask("SELECT * FROM concerns WHERE id = ?", int(row.key.split(":")[1]))
        return "the concern is closed" if not found or found[0].state == "closed" else ""

    # What people do, as far as the judge has to know.

    def speaks(self, name: str) -> None:
        self.signs[IDS[name]].append(self.house.now)

    def signs_of(self, enrolment: Row) -> list[datetime]:
        """Of the person, or of Amara who phones them."""
        return self.signs[IDS["Amara"] if enrolment.assisted else enrolment.person_id]

    def idle_since(self, moment: datetime) -> timedelta:
        return sum((span for began, span in self.idle if began + span > moment), timedelta())

    def stops(self, name: str) -> None:
        """From now on only a new yes counts; asked again once the bot has heard of it."""
        newest = self._view.ask("SELECT max(id) AS id FROM consents")[0].id
        self.silent[IDS[name]] = newest or 0

    def unheard(self, name: str) -> bool:
        """Whether something this person said still waits to be worked off."""
        waits = self._view.ask(
            "SELECT 1 AS one FROM inbox WHERE state = 'new' AND chat_id = ? LIMIT 1", telegram_id(name)
        )
        return bool(waits or self.house.telegram.world.updates.waiting())


def _speaks(row: Row, at: datetime) -> bool:
    """Counted from when the bot heard of it: after an outage that is later than when they spoke."""
    return row.spoke_at is not None and at - row.spoke_at <= IN_CONVERSATION


def _minutes(own: object, usual: time) -> int:
    return own if isinstance(own, int) else usual.hour * 60 + usual.minute
