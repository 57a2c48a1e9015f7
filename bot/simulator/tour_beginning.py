"""The tour's first part: people come in, each by their own yes, and the words are read."""

from bot.simulator.tour_stage import Actor, Stage

CIRCLE = "Elm House neighbours"
TITLES = ("A bit of company", "Steady on your feet")
BENGALI_TITLE = "একটু সঙ্গ"
APPROVED = "Many of us feel lonely"


async def asked(stage: Stage) -> None:
    elif_ = stage.actor("Elif")
    stage.expects(not elif_.phone.messages, "Nobody should have been written to yet.")
    await elif_.says("/start")
    stage.expects(elif_.has_button("work"), "Elif should be asked before she is a coordinator.")
    await elif_.taps("work")
    elif_.sees("/desk", "/champion")


async def invited(stage: Stage) -> None:
    elif_, amara, farid = stage.actor("Elif"), stage.actor("Amara"), stage.actor("Farid")
    link = await invite(elif_, amara)
    await farid.opens(link)
    stage.expects(not farid.has_button("champ:*"), "A link that has been used should open nothing.")


async def invite(coordinator: Actor, champion: Actor) -> str:
    """A champion comes in by a one-time link; the link."""
    await coordinator.says("/champion")
    link = coordinator.link()
    await champion.opens(link)
    await champion.taps("champ:yes")
    await champion.taps("myname")
    return link


async def circle(stage: Stage) -> None:
    amara = stage.actor("Amara")
    await amara.says(CIRCLE)
    media = amara.last.media
    stage.expects(media is not None and media.kind == "photo", "Amara should get a card with a code.")
    amara.sees(CIRCLE, amara.link())


async def joining(stage: Stage) -> None:
    link = stage.actor("Amara").link()
    for name, language in (("Ben", "en"), ("Dalia", "bn"), ("Chidi", "en"), ("Grace", "en")):
        resident = stage.actor(name, language)
        await resident.opens(link)
        resident.sees("Amara")
        await resident.taps(f"joinlang:{language}")
        resident.sees("Amara", CIRCLE)
        await resident.taps("join:yes")
        resident.sees("/stop")


async def stranger(stage: Stage) -> None:
    farid = stage.actor("Farid")
    for words in ("/start", "/broadcast", "/desk"):
        await farid.says(words)
        stage.expects(not farid.last.buttons, f"A stranger should be offered nothing after {words}.")
    await farid.opens("j_guessed")
    heard = farid.ever_heard("Amara") + farid.ever_heard(CIRCLE)
    stage.expects(heard == 0, "A stranger should read neither Amara's name nor her circle's.")


async def unread(stage: Stage) -> None:
    amara = stage.actor("Amara")
    await amara.says("/broadcast")
    stage.expects(not amara.has_button("b:*:topic:*"), "No message should be offered before it was read.")
    amara.sees(*TITLES)
    await amara.taps("b:*:cancel")


async def approved(stage: Stage) -> None:
    """Two messages in English, and one of them also in Bengali by somebody who reads it."""
    elif_ = stage.actor("Elif")
    for title in (*TITLES, BENGALI_TITLE):
        await elif_.says("/desk")
        await elif_.taps("approve:list")
        await elif_.leafs_to(f"*{title} · *", more="approve:list:*")
        await elif_.taps("approve:yes:*")
    stage.expects(len(elif_.having(APPROVED)) == 1, "Elif should have read the exact words once.")
