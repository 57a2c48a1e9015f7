"""Numbers in addresses and fields: whatever somebody writes there is a number that the store can look for."""

from starlette.convertors import Convertor, register_url_convertor

NOBODYS = 2**63 - 1  # the largest that the store can look for; no row ever has it
DIGITS = 18  # below this many, every number is smaller


class Number(Convertor[int]):
    """`{id:int}` in a path. A longer number is nobody's, and is answered as any id that is nobody's."""

    regex = "[0-9]+"

    def convert(self, value: str) -> int:
        return whole(value, NOBODYS)

    def to_string(self, value: int) -> str:
        return str(value)


def whole(text: str, otherwise: int) -> int:
    """A number that was sent; `otherwise` for what is none, or too long to be one of ours."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS else otherwise


register_url_convertor("int", Number())
