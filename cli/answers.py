"""What a server's answer means, or that there is none: one sentence each, with the way out."""

from __future__ import annotations

import json
import socket
import ssl
from typing import TYPE_CHECKING, Any

import httpx

from domain.errors import ProctorError

if TYPE_CHECKING:
    from collections.abc import Iterator

AGAIN = frozenset({429, 503})
"""Worth asking again."""

LONGEST_PAUSE = 30.0
_SHOWN = 200
_LISTED_BY = {"/runs/": "proctor runs", "/keys/": "proctor keys list"}
_GATEWAY = frozenset({502, 503, 504})


class ClientError(ProctorError):
    """The server could not be reached, or refused."""


class AwayError(ClientError):
    """The server does not answer for now; it may well later."""


def read(answer: httpx.Response, url: str) -> Any:
    """The answer's JSON, None where nothing is answered; `url` is the server's.

    Raises ClientError for a refusal, and for what is no answer of Proctor's.
    """
    if not answer.is_success:
        raise refusal(answer, url)
    if not answer.content:
        return None
    try:
        return json_object(answer.text)
    except AwayError:
        raise somebody_else(url) from None


def somebody_else(url: str) -> ClientError:
    """What to raise where an answer is none that Proctor gives."""
    return ClientError(f"what answers at {url} is no Proctor server: check PROCTOR_URL")


def json_object(text: str) -> dict[str, Any]:
    """A JSON object. Raises AwayError for anything else, such as the first half of one."""
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise AwayError("the answer broke off")
    return found


def refusal(answer: httpx.Response, url: str) -> ClientError:
    """What to raise for an answer that is no success."""
    kind = AwayError if answer.status_code in AGAIN or answer.is_server_error else ClientError
    problem = _problem(answer)
    return kind(_of_somebody_else(answer, url) if problem is None else _of(problem, answer, url))


def wait_asked_for(answer: httpx.Response) -> float:
    """Seconds; the date that `Retry-After` may hold instead is not worth a long wait."""
    asked = answer.headers.get("Retry-After", "")
    return min(float(asked), LONGEST_PAUSE) if asked.isascii() and asked.isdigit() else 1.0


def unreachable(error: httpx.TransportError, url: str) -> str:
    """Why there is no answer of the server at `url`."""
    for cause in _causes(error):
        match cause:
            case ssl.SSLCertVerificationError():
                return (
                    f"the certificate of {url} is not trusted ({cause.verify_message}):"
                    " set SSL_CERT_FILE to the certificate of whoever signed it"
                )
            case ssl.SSLError():
                return f"{url} does not speak TLS ({cause.reason}): say http:// there, if it is so"
            case socket.gaierror():
                return f"nobody here knows the name in {url}: correct PROCTOR_URL"
    return _without_a_cause(error, url)


def _without_a_cause(error: httpx.TransportError, url: str) -> str:
    match error:
        case httpx.ConnectTimeout():
            return f"{url} cannot be reached: check PROCTOR_URL, and any firewall in between"
        case httpx.ConnectError():
            return (
                f"no Proctor server answers at {url}:"
                " start one with `proctor serve`, or set PROCTOR_URL"
            )
        case httpx.ProxyError():
            return (
                f"the proxy in front of {url} refuses ({error}): correct HTTPS_PROXY or HTTP_PROXY,"
                " or name the server's host in NO_PROXY"
            )
        case httpx.TimeoutException():
            return (
                f"{url} owes an answer: it has too much to do, or hangs;"
                f" {url}/health/ready says what is wrong"
            )
    return f"{url} broke off ({str(error) or type(error).__name__}): try again"


def _of(problem: dict[str, Any], answer: httpx.Response, url: str) -> str:
    said = str(problem.get("detail") or problem.get("title") or answer.reason_phrase)
    sentence = f"{said} (HTTP {answer.status_code})"
    match answer.status_code:
        case httpx.codes.UNAUTHORIZED:
            return _about_the_key(answer)
        case httpx.codes.FORBIDDEN:
            return f"{sentence}: set PROCTOR_KEY to a key with a role that may"
        case httpx.codes.NOT_FOUND:
            return _not_found(sentence, said, answer, url)
        case httpx.codes.TOO_MANY_REQUESTS:
            return f"{sentence}: try again soon"
        case httpx.codes.SERVICE_UNAVAILABLE:
            return f"{sentence}: {url}/health/ready says what is missing"
    return sentence


def _about_the_key(answer: httpx.Response) -> str:
    if "Authorization" in answer.request.headers:
        return (
            "the server does not know this key: set PROCTOR_KEY to one made with"
            " `proctor keys create`"
        )
    return (
        "the server wants a key: set PROCTOR_KEY to one made with `proctor keys create`,"
        " or PROCTOR_DATA_DIR to the server's data folder"
    )


def _not_found(sentence: str, said: str, answer: httpx.Response, url: str) -> str:
    path = answer.request.url.path
    if said == "Not Found":
        return (
            f"{url} has no {path}: PROCTOR_URL is the server's address without a path,"
            " and client and server should be of one version"
        )
    listing = next((told for part, told in _LISTED_BY.items() if part in path), None)
    return f"{sentence}: `{listing}` lists what there is" if listing else sentence


def _of_somebody_else(answer: httpx.Response, url: str) -> str:
    """A proxy's page, a redirect, or another program's answer: its text helps nobody."""
    status = answer.status_code
    if answer.has_redirect_location:
        return f"{url} redirects to {answer.headers['Location'][:_SHOWN]}: set PROCTOR_URL to that"
    if status in _GATEWAY:
        return (
            f"something in front of Proctor answers for {url} (HTTP {status}):"
            " the server behind it is down, or slow"
        )
    if status == httpx.codes.UNAUTHORIZED and not answer.content:
        return _about_the_key(answer)
    return f"what answers at {url} is no Proctor server (HTTP {status}): check PROCTOR_URL"


def _problem(answer: httpx.Response) -> dict[str, Any] | None:
    try:
        return json_object(answer.text)
    except AwayError:
        return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """What httpx and httpcore wrapped; they say nothing of it themselves."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__
