"""When Telegram cannot be reached, waiting beats trying: every try that nobody can know about is a message in doubt."""

SEVERAL = 5  # failures in a row; fewer may be one bad connection
LONGEST = 30.0


class Breaker:
    """Counts failures of the line, one after the other, and says for how long to be silent (seconds)."""

    def __init__(self) -> None:
        self._failures = 0
        self._silences = 0

    def failed(self, silent: bool) -> float:
        """`silent`: whether a silence is under way already; calls that were on the wire then lengthen nothing."""
        self._failures += 1
        if silent or self._failures < SEVERAL:
            return 0.0
        self._silences += 1
        return min(LONGEST, float(2**self._silences))

    def worked(self) -> None:
        """Telegram answered, whatever it said."""
        self._failures = self._silences = 0
