"""From what went wrong between us and a server to a trouble and a sentence."""

from __future__ import annotations

from http import HTTPStatus

import openai

from executor.models.dialect import MISFIT
from executor.models.failed import FailedError
from executor.models.reply import seconds_of, words_of

LONGEST_QUOTE = 300
_LONGEST_GARBAGE = 200


class Wording:
    """Of the server at `url`, to which one request may take `seconds`; never with the key in it."""

    def __init__(self, url: str, key: str | None, seconds: float) -> None:
        self._url = url
        self._key = key
        self._seconds = seconds

    def failure(self, error: Exception) -> FailedError:
        """What the SDK has raised."""
        url = self._url
        match error:
            case TimeoutError() | openai.APITimeoutError():
                return self.late(self._seconds)
            case openai.APIStatusError():
                return self._refusal(error)
            case _:
                cause = self.line(str(error.__cause__ or error))[:LONGEST_QUOTE]
                return FailedError("unreachable", f"{url} cannot be reached: {cause}")

    def late(self, seconds: float) -> FailedError:
        """Nothing came within so many seconds."""
        return FailedError("timeout", f"{self._url} gave no answer within {seconds:g} s")

    def garbage(self, what: str, text: str, wrong: str | None = None) -> FailedError:
        """What came is of no use; with `wrong` the model is told in which way."""
        came = self.line(text)[:_LONGEST_GARBAGE] or "nothing came"
        return FailedError(
            "garbage", f"{what}: {came}", correction=(text, wrong) if wrong else None
        )

    def line(self, text: str) -> str:
        """Another's words on one line, and without the key should they quote it."""
        line = " ".join(text.split())
        return line.replace(self._key, "[key]") if self._key else line

    def _refusal(self, error: openai.APIStatusError) -> FailedError:
        words = self.line(words_of(error.body))[:LONGEST_QUOTE] or "no reason given"
        said = f"{self._url} answers {error.status_code}: {words}"
        wait = seconds_of(error.response.headers.get("retry-after", ""))
        if wait is not None:
            said += f" (it asks to wait {wait:g} s)"
        if error.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            return FailedError("rate_limited", said, wait=wait)
        if error.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return FailedError("unreachable", said, wait=wait)
        return FailedError("garbage" if error.code == MISFIT else "refused", said)
