"""What RabbitMQ refuses until somebody mends it, said so that they know what to mend."""

from __future__ import annotations

import re
import ssl
from typing import TYPE_CHECKING

from aiormq.exceptions import (
    AMQPConnectionError,
    InvalidFrameError,
    ProbableAuthenticationError,
)
from pika import exceptions  # type: ignore[import-untyped]
from pika.adapters.utils import connection_workflow as steps  # type: ignore[import-untyped]

from runtime.broker.port import BrokerError, BrokerUnavailableError

if TYPE_CHECKING:
    from runtime.broker.address import Address

_PRECONDITION_FAILED = 406
_ACCESS_REFUSED = 403
_WHAT = re.compile(r"for ((?:queue|exchange) '[^']+')")


def cause_of(reason: BaseException) -> BaseException:
    """What went wrong, out of what pika wraps it in."""
    match reason:
        case exceptions.AMQPConnectionError(args=[BaseException() as inner]):
            return cause_of(inner)
        case steps.AMQPConnectionWorkflowFailed(exceptions=[*_, inner]):
            return cause_of(inner)
        case steps.AMQPConnectorPhaseErrorBase(exception=inner):
            return cause_of(inner)
    return reason


def refusal(reason: BaseException, address: Address) -> BrokerError | None:
    """The error to raise at once, or None where trying again may help by itself."""
    match cause_of(reason):
        case ssl.SSLCertVerificationError(verify_message=why):
            return BrokerUnavailableError(
                f"RabbitMQ at {address} proves to be somebody else: its certificate is refused,"
                f" {why}. `cafile` names whom to trust"
            )
        case exceptions.ProbableAuthenticationError():
            return BrokerUnavailableError(_login(address))
        case exceptions.ProbableAccessDeniedError():
            return BrokerUnavailableError(_virtual_host(address))
        case exceptions.ChannelClosedByBroker(reply_code=code, reply_text=text):
            return _channel_refusal(code, text, address)
    return None


def told(reason: BaseException, address: Address) -> str:
    """The same for aio-pika, in a sentence: why it could not connect."""
    match reason:
        case ProbableAuthenticationError():
            return _login(address)
        case InvalidFrameError():
            # RabbitMQ closes where an answer to "open this virtual host" is expected.
            return _virtual_host(address)
        case AMQPConnectionError(args=[*_, str() as why]):
            return f"cannot connect to RabbitMQ at {address}: {why}"
    return f"cannot connect to RabbitMQ at {address}: {reason!r}"


def _login(address: Address) -> str:
    return f"RabbitMQ at {address} refused user {address.user!r}: check name and password"


def _virtual_host(address: Address) -> str:
    return (
        f"RabbitMQ at {address}: user {address.user!r} has no access to virtual host"
        f" {address.vhost!r}, or there is none of that name"
    )


def _channel_refusal(code: int, text: str, address: Address) -> BrokerError | None:
    if code == _ACCESS_REFUSED:
        return BrokerUnavailableError(
            f"RabbitMQ at {address}: user {address.user!r} lacks a permission on proctor.*: {text}"
        )
    if code != _PRECONDITION_FAILED:
        return None
    found = _WHAT.search(text)
    what = found[1] if found else "something of Proctor's"
    return BrokerError(
        f"RabbitMQ at {address} has {what} already, made with other arguments, which cannot be"
        " changed. Set PROCTOR_QUEUE_TYPE to the type it has, or delete it (rabbitmqctl"
        " delete_queue; waiting runs stay in the log): it is then declared anew."
        f" RabbitMQ says: {text}"
    )
