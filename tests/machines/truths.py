"""What is true after every step, whatever happened: promises 1 to 6 as functions of what stands in the database.

Each says what is wrong, one sentence for each; nothing means that the promise holds. None asks a rule of the product.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from bot.domain.figures import Figures
from bot.domain.plans import Plan
from tests.machines.view import Row, View
from tests.machines.wire import Wire

FINAL = ("sent", "failed", "cleared", "suppressed", "missed", "uncertain")
RUNNING = ("asked", "open")
LOUD = ("red", "urgent")
RED_WITHIN = timedelta(minutes=15)
HAS_IT = timedelta(hours=1)  # half of it until they are asked, half until others are
AMBER_WITHIN = timedelta(days=7)  # 4 working hours over the longest weekend of the place, and more
LINE_TROUBLE = ("NetworkError", "TimedOut", "RetryAfter")
SLACK = timedelta(hours=2)  # a clock change, and the stops of passing time
AT_ONCE = timedelta(seconds=1)  # one tick may write what another asks when it rings again
RUNGS = 4  # named person, backup, coordinators on call, everybody


@dataclass
class World:
    """`rung`: whether all ticks rang at this very instant."""

    view: View
    wire: Wire
    plan: Plan
    figures: Figures
    now: datetime
    rung: bool
    consents: int = 0
    due: set[str] = field(default_factory=set)
    """Keys of check-ins whose time had come before anybody asked them."""
    alone: dict[int, bool] = field(default_factory=dict)
    """Of each missed check-in: whether it had to be told by itself, judged when it was first seen."""
    less_often: set[int] = field(default_factory=set)
    """Enrolments that had every other check-in one step ago."""

    def concern(self, key: str) -> Row | None:
        return next((one for one in self.view.concerns if one.key == key), None)


def promises_1_2_3_and_5_at_the_wire(world: World) -> Iterator[str]:
    yield from world.wire.wrong


def promise_1_what_somebody_said_stays_on_record(world: World) -> Iterator[str]:
    if len(world.view.consents) < world.consents:
        yield "a consent is gone from the record"
    world.consents = len(world.view.consents)
    for one in world.view.consents:
        if not one.wording or not one.purpose:
            yield f"consent {one.id} has no wording or purpose"


def promise_1_nobody_is_looked_after_without_their_yes(world: World) -> Iterator[str]:
    said = {(one.person_id, one.purpose) for one in world.view.consents if one.given}
    for one in world.view.enrolments:
        if one.accepted_at and (one.person_id, "checkins") not in said:
            yield f"enrolment {one.id} began without a yes"


def promise_2_nothing_waits_for_somebody_who_died(world: World) -> Iterator[str]:
    for row in world.view.deliveries:
        if row.person_id in world.wire.dead and row.state == "queued" and row.kind != "tidy":
            yield f"{row.key} waits for somebody who died"
    standing = {(one.person_id, one.purpose, one.circle_id): one.given for one in world.view.consents}
    for (person_id, purpose, _), given in standing.items():
        if person_id in world.wire.dead and given:
            yield f"a yes to {purpose} still stands for person {person_id}, who died"


def promise_2_nothing_waits_for_somebody_who_is_not_asked_now(world: World) -> Iterator[str]:
    """Back in hospital, or at the end of the plan."""
    resting = {one.id for one in world.view.enrolments if one.state in ("paused", "ended")}
    for one in world.view.checkins:
        if one.enrolment_id in resting and one.state in ("planned", *RUNNING):
            yield f"{one.key} is {one.state}, and nobody is to be asked"
    waiting = {row.key: row for row in world.view.deliveries if row.state == "queued" and not row.doubts}
    for one in world.view.checkins:
        if one.enrolment_id in resting and one.kind != "closing" and one.key in waiting:
            yield f"{one.key} waits to be sent, and nobody is to be asked"


def promise_3_what_a_row_says_is_what_telegram_saw(world: World) -> Iterator[str]:
    for row in world.view.deliveries:
        copies = len(world.wire.taken.get(row.key, ()))
        if row.state == "sent" and row.method == "send" and row.attempts and not copies:
            yield f"{row.key} is said to be sent, and Telegram never took it"
        if row.state in ("cleared", "suppressed", "missed", "failed") and copies:
            yield f"{row.key} is said to be {row.state}, and Telegram took it"


def promise_3_one_check_in_at_a_time(world: World) -> Iterator[str]:
    running = [one.person_id for one in world.view.checkins if one.state in RUNNING]
    if len(running) != len(set(running)):
        yield "two check-ins are open for one person"


def promise_4_every_end_has_its_reason(world: World) -> Iterator[str]:
    for row in world.view.deliveries:
        if row.state in FINAL and row.state != "sent" and not row.reason:
            yield f"{row.key} ended as {row.state} without a reason"
        if row.state in FINAL and row.done_at is None:
            yield f"{row.key} ended as {row.state} at no time"


def promise_4_nothing_stumbles(world: World) -> Iterator[str]:
    yield from world.wire.house.faults


def promise_4_no_words_are_buried_by_a_fault_of_ours(world: World) -> Iterator[str]:
    for one in world.view.inbox:
        if one.state == "dead" and one.reason not in LINE_TROUBLE:
            yield f"update {one.update_id} was buried: {one.reason}"


def promise_4_nothing_waits_past_its_time(world: World) -> Iterator[str]:
    """Right after the ticks: what is over has ended."""
    if not world.rung:
        return
    for row in world.view.deliveries:
        if row.state == "queued" and row.not_after < world.now:
            yield f"{row.key} waits past its last moment"
        if row.state == "sending" and row.lease_until < world.now:
            yield f"{row.key} is under way, and nobody has it"
    for one in world.view.checkins:
        if one.state in RUNNING and one.not_after < world.now:
            yield f"{one.key} is still {one.state} past its last moment"
        if one.state == "planned" and one.due_at < world.now - AT_ONCE:
            yield f"{one.key} was due and is still planned"


def promise_4_no_check_in_vanishes(world: World) -> Iterator[str]:
    """What is still to come may be planned anew; what is due may not go without a trace.

    Due, it may get a new time by a change of course; from then on it is still to come.
    """
    for gone in world.due - {one.key for one in world.view.checkins}:
        yield f"{gone} was due, and is gone"
    planned = [one for one in world.view.checkins if one.state == "planned"]
    world.due -= {one.key for one in planned if one.due_at > world.now}
    world.due |= {one.key for one in planned if one.due_at <= world.now}


def promise_4_somebody_at_home_is_asked_again_or_a_human_knows(world: World) -> Iterator[str]:
    """An enrolment that goes on has something before it; or somebody has it in hand."""
    ahead = {one.enrolment_id for one in world.view.checkins if one.state in ("planned", *RUNNING)}
    in_hand = {one.enrolment_id for one in world.view.concerns if one.state != "closed"}
    for one in world.view.enrolments:
        if one.state == "active" and one.id not in ahead | in_hand:
            yield f"enrolment {one.id} goes on, and nothing will ever happen in it"


def promise_6_an_answer_that_worries_is_a_concern(world: World) -> Iterator[str]:
    rows = {row.key for row in world.view.deliveries}
    for given in world.view.answers:
        question = world.plan.questions.get(given.question)
        chosen = next((one for one in question.answers if one.id == given.answer), None) if question else None
        if chosen and chosen.concern and not world.concern(f"answer:{given.checkin_id}:{given.question}"):
            yield f"answer {given.id} worries, and there is no concern"
        if chosen and chosen.emergency and f"emergency:{given.checkin_id}:{given.question}" not in rows:
            yield f"answer {given.id} is red, and there are no emergency words"


def promise_6_typed_words_are_read(world: World) -> Iterator[str]:
    for given in world.view.answers:
        keys = (f"words:{given.checkin_id}", f"answer:{given.checkin_id}:{given.question}")
        read = any(one.key.startswith(keys) for one in world.view.concerns)
        if (given.said or given.answer == "not_understood") and not read:
            yield f"words in answer {given.id} were read by nobody"


def promise_6_silence_is_never_fine(world: World) -> Iterator[str]:
    going_on = {one.id: one for one in world.view.enrolments if one.state in ("active", "ended")}
    last = {(one.enrolment_id, one.cycle, one.day) for one in world.view.checkins if one.kind == "last_question"}

    def asked_again(one: Row) -> bool:
        """The third in a row is followed by the last question instead, and that by a human."""
        return one.kind == "questions" and (one.enrolment_id, one.cycle, one.day) in last

    for one in world.view.checkins:
        if one.state not in ("missed", "late") or one.kind == "closing" or one.enrolment_id not in going_on:
            continue
        told = world.concern(f"silent:{one.id}") or world.concern(f"late:{one.id}") or asked_again(one)
        alone = world.alone.setdefault(one.id, _counts_alone(world, one, going_on[one.enrolment_id]))
        if alone and not told:
            yield f"{one.key} ended as {one.state}, and nobody was told"
    world.less_often = {one.id for one in world.view.enrolments if one.fewer}


def _counts_alone(world: World, one: Row, enrolment: Row) -> bool:
    """By what stands in the rows: no check-in of this homecoming comes after it, or two would be too far apart."""
    after = [row for row in world.view.checkins if (row.enrolment_id, row.cycle) == (one.enrolment_id, one.cycle)]
    is_last = not any(row.kind == "questions" and row.day > one.day for row in after)
    seldom = enrolment.fewer and enrolment.id in world.less_often
    return one.state == "late" or one.kind == "last_question" or enrolment.tier == "high" or seldom or is_last


def promise_6_somebody_who_was_lost_is_looked_for(world: World) -> Iterator[str]:
    for one in world.view.enrolments:
        if one.course == "unreachable" and not world.concern(f"lost:{one.id}:{one.cycle}"):
            yield f"enrolment {one.id} ended because nobody could be reached, and nobody was told"


def promise_6_two_missed_in_a_row_are_told(world: World) -> Iterator[str]:
    for enrolment in world.view.enrolments:
        over = [one for one in world.view.checkins if one.enrolment_id == enrolment.id and one.closed_at]
        over = sorted((one for one in over if one.kind == "questions"), key=lambda one: one.closed_at)
        told = [one.opened_at for one in world.view.concerns if one.person_id == enrolment.person_id]
        for first, second in pairwise(over):
            if first.state != "missed" or second.state != "missed" or first.cycle != second.cycle:
                continue
            alive = any(first.asked_at <= one <= second.closed_at for one in world.wire.signs_of(enrolment))
            if not alive and not any(one >= first.asked_at for one in told):
                yield f"{first.key} and {second.key} were missed, and nobody was told"


def promise_6_silence_ends_within_the_printed_time(world: World) -> Iterator[str]:
    """The bound that `first-mile check` prints, and the time during which no tick rang on top of it."""
    if not world.rung:
        return
    for one in world.view.enrolments:
        if one.state != "active":
            continue
        printed = _printed(world, one)
        alive = max([one.accepted_at, _midnight(one.home_on), *world.wire.signs_of(one)])
        told = [c for c in world.view.concerns if c.person_id == one.person_id]
        known = any(c.state != "closed" or c.opened_at >= alive for c in told)
        if not known and world.now - alive > printed + world.wire.idle_since(alive) + SLACK:
            yield f"enrolment {one.id} has been silent since {alive}, and nobody was told"


def _printed(world: World, enrolment: Row) -> timedelta:
    if enrolment.fewer:
        return world.figures.silence_fewer
    return world.figures.silence_high if enrolment.tier == "high" else world.figures.silence_usual


def _midnight(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T00:00:00+00:00")


def promise_6_a_concern_has_an_owner_or_a_deadline_that_comes(world: World) -> Iterator[str]:
    for one in world.view.concerns:
        if one.state == "open":
            span = RED_WITHIN if one.level in LOUD else AMBER_WITHIN
            if one.deadline_at > world.now + span:
                yield f"concern {one.id} ({one.level}) waits until {one.deadline_at}"
            if world.rung and one.deadline_at <= world.now:
                yield f"concern {one.id} is past its deadline, and nobody climbed"
        elif one.owner_id is None and not any(_died(world, one)):
            yield f"concern {one.id} is {one.state}, and nobody has it"


def _died(world: World, concern: Row) -> Iterator[bool]:
    yield concern.person_id in world.wire.dead
    yield any(one.concern_id == concern.id and one.what == "died" for one in world.view.concern_events)


def promise_6_what_somebody_has_is_not_forgotten(world: World) -> Iterator[str]:
    """Right after the ticks: whoever took a loud one and said nothing for an hour has lost it to others."""
    spoken = {(event.concern_id, event.at) for event in world.view.concern_events if event.what == "spoken"}
    for one in world.view.concerns:
        if not world.rung or one.state != "owned" or one.level not in LOUD:
            continue
        quiet = not any(concern_id == one.id and at >= one.owned_at for concern_id, at in spoken)
        if quiet and world.now - one.owned_at > HAS_IT + world.wire.idle_since(one.owned_at) + SLACK:
            yield f"concern {one.id} was taken at {one.owned_at}, and nothing happened since"


def promise_6_somebody_is_told_of_each_round(world: World) -> Iterator[str]:
    """Ravi can always be reached, so there is somebody on every ladder."""
    keys = [row.key for row in world.view.deliveries]
    for one in world.view.concerns:
        if one.state == "open" and not any(key.startswith(f"alert:{one.id}:{one.round}:") for key in keys):
            yield f"nobody was told of concern {one.id} in round {one.round}"


def promise_6_the_ladder_is_climbed_to_the_top(world: World) -> Iterator[str]:
    events: dict[int, list[str]] = defaultdict(list)
    for event in world.view.concern_events:
        events[event.concern_id].append(event.what)
    for one in world.view.concerns:
        again = sum(what in ("passed_on", "not_called", "came_back") for what in events[one.id])
        if one.state == "open" and one.round >= RUNGS + again and "told_everybody" not in events[one.id]:
            yield f"concern {one.id} was told in {one.round} rounds, and not to everybody"


def promise_6_red_rings_at_any_hour(world: World) -> Iterator[str]:
    loud = {one.id for one in world.view.concerns if one.level in LOUD}
    for row in world.view.deliveries:
        rings = row.key.startswith("alert:") and ":seen:" not in row.key  # the other kind was shown in a talk
        if rings and int(row.key.split(":")[1]) in loud and row.kind != "alert":
            yield f"{row.key} waits for the morning"


TRUTHS: tuple[Callable[[World], Iterator[str]], ...] = (
    promises_1_2_3_and_5_at_the_wire,
    promise_1_what_somebody_said_stays_on_record,
    promise_1_nobody_is_looked_after_without_their_yes,
    promise_2_nothing_waits_for_somebody_who_died,
    promise_2_nothing_waits_for_somebody_who_is_not_asked_now,
    promise_3_what_a_row_says_is_what_telegram_saw,
    promise_3_one_check_in_at_a_time,
    promise_4_every_end_has_its_reason,
    promise_4_nothing_stumbles,
    promise_4_no_words_are_buried_by_a_fault_of_ours,
    promise_4_nothing_waits_past_its_time,
    promise_4_no_check_in_vanishes,
    promise_4_somebody_at_home_is_asked_again_or_a_human_knows,
    promise_6_an_answer_that_worries_is_a_concern,
    promise_6_typed_words_are_read,
    promise_6_silence_is_never_fine,
    promise_6_somebody_who_was_lost_is_looked_for,
    promise_6_two_missed_in_a_row_are_told,
    promise_6_silence_ends_within_the_printed_time,
    promise_6_a_concern_has_an_owner_or_a_deadline_that_comes,
    promise_6_what_somebody_has_is_not_forgotten,
    promise_6_somebody_is_told_of_each_round,
    promise_6_the_ladder_is_climbed_to_the_top,
    promise_6_red_rings_at_any_hour,
)


def wrong(world: World) -> list[str]:
    return [f"{truth.__name__}: {one}" for truth in TRUTHS for one in truth(world)]
