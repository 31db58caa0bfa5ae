"""Which OpenAI-compatible API has the model that `PROCTOR_MODEL` names."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from domain.errors import ProctorError

# As each provider documents it for the OpenAI SDK.
_WITH_KEY = {
    "anthropic": "https://api.anthropic.com/v1",
    "cerebras": "https://api.cerebras.ai/v1",
    "deepseek": "https://api.deepseek.com",
    "fireworks": "https://api.fireworks.ai/inference/v1",
    "google": "https://generativelanguage.googleapis.com/v1beta/openai",
    "groq": "https://api.groq.com/openai/v1",
    "mistral": "https://api.mistral.ai/v1",
    "openai": "https://api.openai.com/v1",
    "openrouter": "https://openrouter.ai/api/v1",
    "together": "https://api.together.ai/v1",
    "xai": "https://api.x.ai/v1",
}
_ON_THIS_MACHINE = {
    "lmstudio": "http://127.0.0.1:1234/v1",
    "ollama": "http://127.0.0.1:11434/v1",
}
_ELSEWHERE = "set PROCTOR_MODEL_URL for any other OpenAI-compatible server"


@dataclass(frozen=True, slots=True)
class ModelAddress:
    """Where a model is: `url` is the API's base, `model` its name there.

    `shown` is what people know it by, the setting as it was written. No part of it is secret.
    """

    url: str
    model: str
    shown: str


def parse(setting: str, url: str | None, key: str | None) -> ModelAddress:
    """The address of the model that `PROCTOR_MODEL` names.

    `url` (`PROCTOR_MODEL_URL`) wins over the provider's own; the setting is then the model's name
    there, as it is, because many servers have models with a slash in their name. `key`
    (`PROCTOR_MODEL_API_KEY`) is only looked at.

    Raises ProctorError, which says what to set.
    """
    setting = setting.strip()
    if key:
        _require_sendable(key)
    if url:
        return ModelAddress(_base(url), setting, setting)
    provider, _, model = setting.partition("/")
    base = _base_of(provider.lower(), setting)
    if not model:
        raise ProctorError(f"PROCTOR_MODEL={setting} names no model: write {provider}/name")
    if not key and provider.lower() in _WITH_KEY:
        raise ProctorError(f"PROCTOR_MODEL={setting} needs a key: set PROCTOR_MODEL_API_KEY")
    return ModelAddress(base, model, setting)


def _base_of(provider: str, setting: str) -> str:
    known = _WITH_KEY | _ON_THIS_MACHINE
    if provider not in known:
        names = ", ".join(sorted(known))
        raise ProctorError(
            f"PROCTOR_MODEL={setting} names no known provider: write provider/name with one of"
            f" {names}, or {_ELSEWHERE}"
        )
    return known[provider]


def _base(url: str) -> str:
    """The URL without a slash at its end. What might hold a secret is refused, and not repeated."""
    if any(mark in url for mark in "@?#"):
        raise ProctorError(
            "PROCTOR_MODEL_URL has a user, a query or a fragment: give the API's base alone, as in"
            " http://127.0.0.1:8000/v1, and the key in PROCTOR_MODEL_API_KEY"
        )
    if not _is_web_address(url):
        raise ProctorError(
            f"PROCTOR_MODEL_URL={url} is no address of an API: give its base, as in"
            " http://127.0.0.1:8000/v1"
        )
    return url.rstrip("/")


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _require_sendable(key: str) -> None:
    """A key read from a file often has a line break at its end, and the HTTP client would quote the
    whole of a header that it cannot send."""
    if not (key.isascii() and key.isprintable() and " " not in key):
        raise ProctorError(
            "PROCTOR_MODEL_API_KEY has a space, a line break or another character that no key has"
        )
