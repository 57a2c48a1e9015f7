"""Everything that can happen around people who are looked after, in any order.

Residents and helpers speak and tap on their phones, and the bot hears of it over the simulated wire: inbox, handlers,
actions, outbox. What coordinators change about somebody's course is called as an action, which is quicker and which
chat and desk share. A kill strikes before or after any commit and any call; the process then starts again.
"""

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from bot.actions import concerns, course, enrolling, planning, resting
from bot.domain.checkins import Course
from bot.domain.concerns import Outcome
from bot.domain.people import Purpose
from bot.domain.plans import Tier
from bot.simulator.faults import Trouble
from bot.store import people as people_store
from tests.machines.driven import Driven, buttons
from tests.machines.house import Moment
from tests.machines.people import IDS, RESIDENTS, WORKERS, comes_home

whose = st.integers(0, 3)
residents = st.sampled_from(RESIDENTS)
workers = st.sampled_from(WORKERS)
EVERYBODY = (*RESIDENTS, "Amara", "Sanjay", "Elif")  # Ravi never leaves: somebody can always be told
ANSWERING = ("taps", "taps", "taps", "well", "well", "types", "later", "not_today")
WORDS = ("yes", "2", "chest pain", "/home", "my cat is ill", "no", "later", "not today")
TAKES_BACK = "takes the yes back"
LEAVING = ("/stop", "Stop.", "থামুন", "توقف", "blocks", "has blocked", TAKES_BACK, TAKES_BACK)
HELPED = ("take", "spoken", "pass", "close", "out", "goon", "end", "Gita is phoned", *["the desk is cleared"] * 2)
COURSES = ("in hospital", "in hospital", *["home again"] * 3, *["moved", "fewer"] * 3, "cancelled", "died")
ALL = set(enrolling.PURPOSES)
SAID = (ALL, ALL - {Purpose.SEE_ANSWERS}, {Purpose.CHECKINS}, ALL - {Purpose.CHECKINS})
AWAY = tuple(timedelta(minutes=one) for one in (1, 5, 11, 16, 20, 60, 240, 500, 1600, 3000))
TOO_MANY = "429"
MOST_OPEN = 5  # each more is told to everybody in each round, and teaches nothing new
NEVER_TAPPED = ("forget:",)


class Care(Driven):
    # What residents do with their phones.

    @precondition(lambda self: self.asked())
    @rule(whose=whose, number=st.integers(0, 3))
    def somebody_taps_an_answer(self, whose: int, number: int) -> None:
        self._answers(_one_of(self.asked(), whose), "taps", number)

    @precondition(lambda self: self.asked())
    @rule(what=st.sampled_from(ANSWERING), whose=whose, number=st.integers(0, 3), twice=st.booleans())
    def somebody_answers(self, what: str, whose: int, number: int, twice: bool) -> None:
        """With the newest question, or the first words of a check-in, in reach."""
        self._answers(_one_of(self.asked(), whose), what, number, twice)

    def _answers(self, name: str, what: str, number: int, twice: bool = False) -> None:
        if what == "types":
            self.types_words(name, WORDS[(number + 4 * twice) % len(WORDS)])
        elif what in ("later", "not_today"):
            self.taps_button(name, f"ci:{what}:")
        else:
            if not self.has_button(name, "ans:"):
                self.taps_button(name, "ci:now:")
            self.taps_button(name, "ans:", number=0 if what == "well" else number, times=1 + twice)

    def asked(self) -> list[str]:
        return [name for name in RESIDENTS if self.has_button(name, "ans:", "ci:now:")]

    @rule(name=st.sampled_from(RESIDENTS + WORKERS), message=st.integers(1, 12), number=st.integers(0, 6))
    def taps_anything(self, name: str, message: int, number: int) -> None:
        """A button of today or of last month; the order of buttons decides, not their meaning."""
        shown = [one for one in self.phone(name).messages if list(buttons(one, ("",)))]
        if not shown or self.phone(name).blocked or name == "Ravi":
            return
        one = shown[-min(message, len(shown))]
        if found := [data for data in buttons(one, ("",)) if not data.startswith(NEVER_TAPPED)]:
            self.taps(name, one, found[number % len(found)])

    @rule(name=st.sampled_from(EVERYBODY), how=st.sampled_from(LEAVING))
    def leaves_or_comes_back(self, name: str, how: str) -> None:
        """By a word, or by blocking the bot, of which it hears at once or only when it writes. One at a time."""
        if away := [one for one in EVERYBODY if self.phone(one).blocked or self._has_stopped(one)]:
            self._comes_back(away[0])
        elif how == "blocks":
            self.phone(name).blocks()
        elif how == "has blocked":
            self.phone(name).has_long_blocked()
        elif how == TAKES_BACK:
            self.do(self._no_more(name))
        else:
            self.stopping.add(name)
            self.types_words(name, how)
        self.works()

    async def _no_more(self, name: str) -> None:
        """Nothing that is planned or queued hears of it: the gate alone has to hold."""
        purpose = Purpose.CHECKINS if name in RESIDENTS else Purpose.WORK
        async with self.house.runtime.database.write() as tx:
            await people_store.record_consent(tx, IDS[name], purpose, False, "test", self.house.now)

    def _comes_back(self, name: str) -> None:
        """Presses Start again, and says that messages may go on."""
        self.wire.speaks(name)
        self.phone(name).opens()
        self.works()
        self.taps_button(name, "goon:")

    def _has_stopped(self, name: str) -> bool:
        return bool(self.view.ask("SELECT 1 AS one FROM people WHERE id = ? AND stopped_at > 0", IDS[name]))

    @rule(name=residents, start=st.integers(6, 12), lasts=st.integers(4, 11), zone=st.sampled_from(["", "Asia/Dhaka"]))
    def keeps_other_hours(self, name: str, start: int, lasts: int, zone: str) -> None:
        self.wire.speaks(name)
        self.do(resting.set_hours(self.house.runtime, IDS[name], start * 60, (start + lasts) * 60))
        if zone:
            self.do(resting.set_zone(self.house.runtime, IDS[name], zone))

    # What helpers and coordinators do.

    @rule(name=workers, what=st.sampled_from(HELPED), number=st.integers(0, 5))
    def somebody_helps(self, name: str, what: str, number: int) -> None:
        if what == "the desk is cleared":
            self._clears_the_desk()
        elif what == "Gita is phoned":
            self.taps_button("Amara", "ci:now:", "ans:", "phoned:", number=number, among=6)
        elif not self.taps_button(name, f"concern:{what}:", number=number, among=8):
            self.types_words(name, "/concerns")

    def _clears_the_desk(self) -> None:
        self.view.forget()
        for one in self.view.concerns:
            if one.state != "closed":
                self.do(concerns.close(self.house.runtime, IDS["Ravi"], one.id, Outcome.HELPED))

    @rule(name=residents, tier=st.sampled_from(Tier), yes=st.sampled_from(SAID), backup=st.sampled_from(["", "Sanjay"]))
    def comes_home(self, name: str, tier: Tier, yes: set[Purpose], backup: str) -> None:
        if IDS[name] not in self.wire.dead:
            self.stopping.discard(name)
            self.wire.speaks(name)
            self.do(comes_home(self.house.runtime, name, tier, yes, backup))

    @rule(number=st.integers(0, 4), days=st.integers(-40, 3), how=st.sampled_from(COURSES))
    def course_changes(self, number: int, days: int, how: str) -> None:
        one = self._one_of_the_enrolled(number)
        if one is None:
            return
        runtime, elif_id = self.house.runtime, IDS["Elif"]
        day = planning.today(runtime) + timedelta(days=days)
        self.wire.signs[one.person_id].append(self.house.now)
        changes = {
            "in hospital": lambda: course.back_in_hospital(runtime, elif_id, one.id),
            "home again": lambda: course.home_again(runtime, elif_id, one.id, day),
            "moved": lambda: course.move_home(runtime, elif_id, one.id, day),
            "fewer": lambda: course.how_often(runtime, elif_id, one.id, fewer=days % 2 == 0),
            "cancelled": lambda: course.end(runtime, elif_id, one.id, Course.CANCELLED),
            "died": lambda: course.end(runtime, elif_id, one.id, Course.DIED),
        }
        if self.do(changes[how]()) and how == "died":
            self.wire.dead.add(one.person_id)

    def _one_of_the_enrolled(self, number: int) -> Any:
        self.view.forget()
        living = [one for one in self.view.enrolments if one.state in ("active", "paused")]
        return living[number % len(living)] if living else None

    # What the machine does, and what happens to it.

    @rule(rings=st.booleans())
    def the_bot_looks(self, rings: bool) -> None:
        """Its ticks ring, or it answers and sends."""
        if rings:
            self.rung = self.do(self.house.rings())
        else:
            self.works()

    @rule(late=st.sampled_from([0, 0, 0, 1, 25]), silent=st.sampled_from([0, 0, 0, 0, 0, 4]))
    def the_next_check_in_is_due(self, late: int, silent: int) -> None:
        """In due course, or found by a process that was away for so many hours; `silent`: and so many more after it."""
        for _ in range(1 + silent):
            self._asks(late)

    def _asks(self, late: int) -> None:
        if len(self.view.ask("SELECT id FROM concerns WHERE state = 'open'")) > MOST_OPEN:
            self._clears_the_desk()
        due = self.view.ask("SELECT min(due_at) AS due_at FROM checkins WHERE state = 'planned'")[0].due_at
        if due is not None and due > self.house.now:
            self.jumps(due - self.house.now + timedelta(hours=late))
        self.do(self.house.rings())
        self.works()

    @rule(hours=st.integers(1, 12))
    def time_goes_by(self, hours: int) -> None:
        self.rung = self.do(self.house.lives(timedelta(hours=hours)))

    @rule(span=st.sampled_from(AWAY))
    def nobody_looks_for_a_while(self, span: timedelta) -> None:
        self.jumps(span)

    @rule(trouble=st.sampled_from((*Trouble, TOO_MANY)), times=st.integers(1, 3), seconds=st.integers(1, 40))
    def line_fails(self, trouble: str, times: int, seconds: int) -> None:
        if trouble == TOO_MANY:
            self.house.limits.refusals, self.house.limits.seconds = times, seconds
        else:
            self.house.telegram.faults.next(trouble, times)

    @rule(moment=st.sampled_from((*Moment, None)), spared=st.integers(0, 8))
    def is_killed(self, moment: Moment | None, spared: int) -> None:
        """Now, or in the middle of what comes next."""
        if moment is None:
            self.starts_again()
        else:
            self.house.power.strikes, self.house.power.spared = moment, spared


def _one_of(names: list[str], number: int) -> str:
    return names[number % len(names)]
