"""The tour's third part: what neighbours write reaches somebody they know, and an answer comes back."""

from bot.simulator.tour_beginning import invite
from bot.simulator.tour_stage import Stage

QUESTION, ANSWER = "Is there a step at the door?", "No step: there is a ramp at the side."
SPOKEN_ANSWER = "Thank you, I heard you. I will keep you a chair."
AWAY_QUESTION, COVER_ANSWER = "May I bring my dog?", "Your dog is most welcome."


async def question(stage: Stage) -> None:
    """Whoever writes is told what to do in an emergency; the champion answers by replying to the bubble."""
    ben, amara = stage.actor("Ben"), stage.actor("Amara")
    await ben.says(QUESTION)
    ben.sees("Amara", "999", "111")
    stage.expects(len(amara.having(QUESTION)) == 1, "Amara should have Ben's question once.")
    asked = amara.having(QUESTION)[0]
    stage.expects("Ben" in asked.text, "Amara should see who asks.")
    await amara.says(ANSWER, reply_to=asked.message_id)
    stage.expects(len(ben.having(ANSWER)) == 1, "Ben should have the answer once.")
    stage.expects("Amara" in ben.having(ANSWER)[0].text, "Ben should see who answers.")


async def voice(stage: Stage) -> None:
    """Chidi speaks; Amara answers from /inbox."""
    chidi, amara = stage.actor("Chidi"), stage.actor("Amara")
    await chidi.sends_voice()
    stage.expects(amara.last.media is not None or _voices(stage) == 1, "Amara should be able to hear Chidi.")
    await amara.says("/inbox")
    await amara.taps("answer:*")
    await amara.says(SPOKEN_ANSWER)
    stage.expects(len(chidi.having(SPOKEN_ANSWER)) == 1, "Chidi should have the answer once.")
    stage.expects(not stage.actor("Ben").having(SPOKEN_ANSWER), "Nobody else should have it.")


def _voices(stage: Stage) -> int:
    messages = stage.actor("Amara").phone.messages
    return sum(one.from_bot and one.media is not None and one.media.kind == "voice" for one in messages)


async def away(stage: Stage) -> None:
    elif_, amara, sanjay, ben = (stage.actor(name) for name in ("Elif", "Amara", "Sanjay", "Ben"))
    await invite(elif_, sanjay)
    await sanjay.says("Tuesday tea")
    await amara.says("/away")
    await amara.taps("Sanjay*")
    await amara.taps("away:*:*")
    stage.expects(ben.ever_heard("Sanjay") == 0, "Nobody should be told before Sanjay agrees.")
    await sanjay.taps("cover:yes:*")
    await stage.passes(minutes=2)
    stage.expects(ben.ever_heard("Sanjay") > 0, "Ben should be told Sanjay's name first.")
    await ben.says(AWAY_QUESTION)
    question = sanjay.having(AWAY_QUESTION)
    stage.expects(len(question) == 1, "Sanjay should have the question once.")
    await sanjay.says(COVER_ANSWER, reply_to=question[0].message_id)
    stage.expects("Sanjay" in ben.having(COVER_ANSWER)[0].text, "Ben should see that Sanjay answers.")
    await amara.says("/away")
    await amara.taps("back")
