"""A coordinator invites a champion: one link, one person, seven days."""

from sqlalchemy import select

from bot.store import concerns as concern_store
from bot.store.schema import invitations
from tests.cast import TestTown
from tests.conversations.letters import forges, shown


async def _invitation(town: TestTown) -> str:
    await town.has_coordinator()
    await town.elif_.says("/champion")
    return town.elif_.link()


async def test_an_invitation_is_opaque_kept_hashed_and_shown_as_a_qr_code(town: TestTown) -> None:
    link = await _invitation(town)
    token = link.partition("start=c_")[2]  # not the last "c_": the token may hold one itself
    assert len(token) >= 32
    assert shown(town.elif_, "It works once and for 7 days").media is not None
    async with town.runtime.database.read() as tx:
        [row] = (await tx.execute(select(invitations))).mappings()
    assert token not in str(dict(row))


async def test_an_unused_invitation_is_listed_and_taken_back(town: TestTown) -> None:
    link = await _invitation(town)
    await town.elif_.taps("Champions (0)")
    assert "Nobody is a champion here yet" in town.elif_.last
    await town.elif_.taps("Unused invitations (1)")
    await town.elif_.taps(next(one for one in town.elif_.buttons if one.startswith("Take back: Monday 5 October, 10")))
    assert "There is no invitation that still works." in town.elif_.last
    await town.amara.opens(link)
    assert "was taken back" in town.amara.last


async def test_a_champion_says_yes_picks_a_name_and_names_a_circle(town: TestTown) -> None:
    link = await _invitation(town)
    amara = town.amara
    await amara.opens(link)
    assert "invites you to be a champion" in amara.last
    await amara.taps("Yes, I would like to")
    await amara.says("x")
    assert "2 to 40 letters" in amara.last
    await amara.says("Auntie Amara")
    await amara.says("E")
    assert "2 to 40 characters" in amara.last
    await amara.says("Elm House")
    assert amara.heard("“Elm House” is ready") == 1
    assert shown(amara, "hears from Auntie Amara").media is not None
    await amara.opens(link)
    assert "You are a champion already" in amara.last
    assert "broadcast" in {one.command for one in amara.phone.commands}


async def test_an_invitation_works_once_and_only_for_seven_days(town: TestTown) -> None:
    link = await _invitation(town)
    await town.amara.opens(link)
    await town.amara.taps("Yes, I would like to")
    await town.farid.opens(link)
    assert "has been used already" in town.farid.last
    await town.farid.opens("https://t.me/FirstMileBot?start=c_made-up")
    assert "do not know this invitation" in town.farid.last

    await town.elif_.says("/champion")
    late = town.elif_.link()
    await town.passes(days=7, seconds=1)
    await town.sanjay.opens(late)
    assert "more than 7 days old" in town.sanjay.last


async def test_of_two_who_hold_the_same_invitation_the_first_yes_counts(town: TestTown) -> None:
    link = await _invitation(town)
    await town.amara.opens(link)
    await town.sanjay.opens(link)
    await town.sanjay.taps("Yes, I would like to")
    await town.amara.taps("Yes, I would like to")
    assert "has been used already" in town.amara.last
    await town.amara.says("/broadcast")
    assert "Only champions" in town.amara.last


async def test_a_no_leaves_the_invitation_good(town: TestTown) -> None:
    link = await _invitation(town)
    await town.amara.opens(link)
    await town.amara.taps("No, thank you")
    assert "Nothing more will come" in town.amara.last
    await town.amara.opens(link)
    await town.amara.taps("Yes, I would like to")
    assert "Under what name" in town.amara.last


async def test_a_stranger_cannot_make_themselves_a_champion(town: TestTown) -> None:
    await _invitation(town)
    farid = town.farid
    await farid.says("/start")
    for data in ("champ:yes", "myname", "circle:new", "circle:1", "circle:1:closeyes", "away:1:7", "invite", "back"):
        await forges(farid, data)
    for command in ("/champion", "/broadcast", "/away", "/inbox"):
        await farid.says(command)
        assert "Only c" in farid.last, command
    await farid.says("My own circle")
    assert farid.heard("is ready") == 0
    assert farid.heard("Under what name") == 0


async def test_a_coordinator_ends_a_champions_task_and_nobody_is_left_waiting(town: TestTown) -> None:
    await town.is_ready()
    await town.is_home("Dalia", named="Amara", backup="Sanjay", shows=True)
    await town.sends("loneliness")
    await town.ben.says("Will you come on Friday?")
    await town.is_asked("Dalia")
    await town.dalia.taps("Yes, now is good")
    await town.dalia.taps("Yes, I do")
    await town.amara.taps("I have it")
    elif_, amara = town.elif_, town.amara

    await elif_.says("/champion")
    await elif_.taps("Champions (2)")
    await elif_.taps("Amara (Elm House)")
    assert "Circles: Elm House. People in them: 3." in elif_.last
    assert "count on Amara for their check-ins: 1" in elif_.last
    await elif_.taps("End this task")
    await elif_.taps("No, leave it as it is")
    await elif_.taps("End this task")
    await elif_.taps("Yes, end it")
    assert elif_.heard("Amara is no champion any more.") == 1
    await town.passes(minutes=1)

    assert amara.heard("Your task as a champion at Elm Park has ended") == 1
    assert town.ben.heard("The circle “Elm House” has closed") == 1
    assert town.dalia.heard("Amara can no longer do it") == 1
    assert elif_.heard("Will you come on Friday?") == 1, "what was asked of Amara goes to the coordinators"
    async with town.runtime.database.read() as tx:
        (concern,) = await concern_store.not_closed(tx)
    assert (concern.state, concern.owner_id) == ("open", None), "and so does what Amara had taken"
    for data in (f"concern:see:{concern.id}", f"concern:take:{concern.id}", "circle:new"):
        await forges(amara, data)
        assert "no longer works" in amara.last or "Only champions" in amara.last, data
    await amara.says("/broadcast")
    assert "Only champions" in amara.last
    assert "broadcast" not in {one.command for one in amara.phone.commands}
    amara_id = await town.id_of("Amara")
    await forges(elif_, f"champs:yes:{amara_id}")
    assert "is no champion here any more" in elif_.last
    await town.sanjay.says("/start")
    for who in (town.sanjay, town.ben):
        for verb in ("champs", f"champs:one:{amara_id}", f"champs:yes:{amara_id}"):
            await forges(who, verb)
            assert "Only coordinators" in who.last, verb

    await town.has_champion("Amara", "Elm House again")
    assert "broadcast" in {one.command for one in amara.phone.commands}, "a new invitation is a new beginning"


async def test_an_update_that_runs_again_after_a_crash_goes_on_where_it_was(town: TestTown) -> None:
    link = await _invitation(town)
    await town.amara.opens(link)
    await town.amara.taps("Yes, I would like to")
    await forges(town.amara, "champ:yes")
    assert "Under what name" in town.amara.last
    await town.amara.taps("Keep “Amara”")
    await town.amara.says("Elm House")
    await forges(town.amara, "myname")
    assert "Your circles" in town.amara.last, "an old button does not begin another circle"
