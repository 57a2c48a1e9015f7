"""The tables of the coordinators' desk: the ways in, and who is in. Each column says whose it is, as in `schema`."""

from bot.store.columns import instant, key, owner, person, system, table, theirs, words

# A link opens the desk once. Only its hash is kept; what a Mini App signed is kept in the same way once it was used.
desk_links = table(
    "desk_links",
    key(),
    person("person_id", owner(), index=True),
    words("token_hash", system(), nullable=False, unique=True),
    instant("created_at", theirs(), nullable=False),
    instant("expires_at", system(), nullable=False),
    instant("used_at", theirs()),
)

desk_sessions = table(
    "desk_sessions",
    key(),
    person("person_id", owner(), index=True),
    words("token_hash", system(), nullable=False, unique=True),
    words("device", theirs(), nullable=False),  # the kind of browser in two words, so that a stranger's can be told
    instant("created_at", theirs(), nullable=False),
    instant("seen_at", theirs(), nullable=False),
    instant("expires_at", system(), nullable=False),
    instant("ended_at", theirs()),
)
