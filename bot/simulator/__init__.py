"""A Telegram of our own: for trying the bot without a token, and the double that every test uses.

`telegram.Telegram` is the whole of it. A bot reaches it through `request.SimulatedRequest` (no sockets) or
`server.simulator_app` (HTTP); people act through `phones.Phone`, the browser's page through `pages`.

`world` holds what is; `methods_*` are the API's methods, each with what the real one refuses; `markup_parser`,
`entities`, `keyboards`, `links` read what a bot sends; `limits` answers 429, `faults` breaks the line; `updates`,
`polling` and `webhooks` bring the news to the bot. Not here: groups, inline mode, payments, Markdown.
"""
