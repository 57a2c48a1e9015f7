"""`python -m bot …` is the same as `first-mile …`."""

from bot.cli import main

main()
