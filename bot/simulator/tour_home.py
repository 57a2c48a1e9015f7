"""The tour's fifth part: a plan is read, a card is made, and Rose says yes to each thing by itself."""

from bot.simulator.tour_stage import Actor, Stage

CARD_NEVER_SAYS = ("hospital", "health", "ill", "discharge")
CONSENTS = {"checkins": "yes", "tell_named": "yes", "see_answers": "no", "phone": "yes"}
HELLO = "Is now a good time?"


async def plan_read(stage: Stage) -> None:
    """Nobody can be put on a plan before a coordinator has seen every word of it."""
    elif_ = stage.actor("Elif")
    await elif_.says("/discharge")
    await elif_.taps("dis:new")
    elif_.sees("/desk")
    await elif_.says("/desk")
    await elif_.taps("plan:list")
    await elif_.leafs_to("*Home from hospital · English", more="plan:list:*")
    elif_.sees("8 check-ins", "15 minutes")
    pages = await _walked(stage, elif_)
    stage.expects(pages > 10, "Every day, every answer and the emergency words should be a page to read.")
    await elif_.taps("plan:yes:*")


async def _walked(stage: Stage, elif_: Actor) -> int:
    pages = 1
    await elif_.taps("plan:step:*:1")
    with stage.quietly("Elif reads on: every question, every answer, and what a human hears of."):
        while elif_.has_button("Next"):
            await elif_.taps("Next")
            pages += 1
    return pages


async def card(stage: Stage) -> None:
    """The link works once; the picture and its words could lie on any table."""
    elif_ = stage.actor("Elif")
    await elif_.says("/discharge")
    await elif_.taps("dis:new")
    await elif_.taps("dis:plan:home-from-hospital")
    await elif_.taps("Today")
    await elif_.taps("dis:tier:usual")
    await elif_.taps("dis:language:en")
    elif_.sees("Home from hospital", "The first check-in")
    await elif_.taps("dis:yes")
    made = elif_.having("A card for one person")
    stage.expects(len(made) == 1 and made[0].media is not None, "Elif should have one card to print.")
    _says_nothing_of_health(stage, made[0].text, "The card")
    stage.notes["card"] = elif_.link()


def _says_nothing_of_health(stage: Stage, words: str, what: str) -> None:
    """Links are left out: their letters are made by chance."""
    said = " ".join(word for word in words.casefold().split() if "?start=" not in word)
    found = [one for one in CARD_NEVER_SAYS if f" {one}" in f" {said}"]
    stage.expects(not found, f"{what} should say nothing of {' or '.join(found)}.")


async def opened(stage: Stage) -> None:
    rose, amara = stage.actor("Rose"), stage.actor("Amara")
    await rose.opens(stage.notes["card"])
    _says_nothing_of_health(stage, rose.last.text, "The first message")
    await rose.taps("enlang:en")
    rose.sees("Who reads it", "not for emergencies", "999", "111")
    await rose.taps("en:at:*:checkins")
    for purpose, said in CONSENTS.items():
        stage.expects(rose.has_button(f"en:{purpose}:*:yes"), f"Rose should be asked about “{purpose}” by itself.")
        await rose.taps(f"en:{purpose}:*:{said}")
    await rose.says("10am")
    await rose.taps("Amara*")
    await rose.taps("Sanjay*")
    rose.sees("your answers: no", "10am", "Amara", "Sanjay")
    stage.expects(amara.ever_heard("Rose") == 0, "Amara should not hear of Rose before Rose says: begin.")


async def begun(stage: Stage) -> None:
    """The named person and the backup are asked as well, and Rose hears their answers."""
    rose, amara, sanjay = stage.actor("Rose"), stage.actor("Amara"), stage.actor("Sanjay")
    await rose.taps("en:begin")
    rose.sees("All is set", "Amara", "999")
    await amara.taps("comp:yes:named")
    await sanjay.taps("comp:yes:backup")
    stage.expects(rose.ever_heard("Amara said yes") == 1, "Rose should hear that Amara said yes.")
    stage.expects(rose.ever_heard("Sanjay said yes") == 1, "Rose should hear that Sanjay said yes.")
    await stage.comes(hour=21)
    stage.expects(rose.ever_heard(HELLO) == 0, "Rose should not be asked anything on the day she comes home.")
