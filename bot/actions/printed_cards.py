"""The pictures of the cards that lead into a circle, or make somebody a champion: to print and hand over."""

import asyncio

from bot.actions.circles import CircleView
from bot.actions.enrolling import CARD_LASTS
from bot.catalogue import cards
from bot.domain.templates import SOURCE_LANGUAGE
from bot.runtime import Runtime


async def of_champion(runtime: Runtime, language: str, link: str) -> bytes:
    """A PNG with the one-time link of somebody who is invited to be a champion."""
    title, text, foot = "cards.champion_title", "cards.champion_text", "cards.champion_foot"
    return await _drawn(runtime, language, link, (title, text, foot), place=runtime.place.name)


async def of_circle(runtime: Runtime, language: str, one: CircleView, champion: str) -> bytes:
    """A PNG with the link of a circle."""
    title, text, foot = "cards.circle_title", "cards.circle_text", "cards.circle_foot"
    names = {"champion": champion, "circle": one.circle.name, "place": runtime.place.name}
    return await _drawn(runtime, language, one.link, (title, text, foot), **names)


async def of_home(runtime: Runtime, language: str, link: str) -> bytes:
    """A PNG for somebody who comes home. Nothing of hospital or health is on it: anybody may see it lying there."""
    title, text, foot = "cards.home_title", "cards.home_text", "cards.home_foot"
    days, place = str(CARD_LASTS.days), runtime.place.name
    return await _drawn(runtime, language, link, (title, text, foot), place=place, days=days)


async def _drawn(runtime: Runtime, language: str, link: str, keys: tuple[str, str, str], **values: str) -> bytes:
    """In `language` where the card's font can draw it, otherwise in English."""
    said = [runtime.plain(language, key, **values) for key in keys]
    words = [
        one if cards.can_draw(one) else runtime.plain(SOURCE_LANGUAGE, key, **values)
        for key, one in zip(keys, said, strict=True)
    ]
    return await asyncio.to_thread(cards.card, link, cards.Lines(*words))  # drawing takes a while
