"""What the product does. One function is one transaction; it writes outbox rows and never sends.

Every action is idempotent by the key of the thing it decides: a handler may run again after a crash.
"""
