"""Which API has the model that the settings name."""

from __future__ import annotations

import time
from email.utils import formatdate

import pytest

from domain.errors import ProctorError
from executor.models.providers import ModelAddress, parse
from executor.models.reply import seconds_of, words_of

KEY = "sk-not-to-be-seen"
OWN = "http://gpu.lan:8000/v1"


@pytest.mark.parametrize(
    ("setting", "url", "model"),
    [
        ("openai/gpt-5", "https://api.openai.com/v1", "gpt-5"),
        ("anthropic/claude-x", "https://api.anthropic.com/v1", "claude-x"),
        ("google/gemini-x", "https://generativelanguage.googleapis.com/v1beta/openai", "gemini-x"),
        ("openrouter/openai/gpt-5", "https://openrouter.ai/api/v1", "openai/gpt-5"),
        ("Groq/openai/gpt-oss-20b", "https://api.groq.com/openai/v1", "openai/gpt-oss-20b"),
    ],
)
def test_a_provider_and_a_name_give_the_providers_api(setting: str, url: str, model: str):
    assert parse(setting, None, KEY) == ModelAddress(url, model, setting)


@pytest.mark.parametrize("setting", ["ollama/qwen3:8b", "lmstudio/qwen3-8b"])
def test_a_model_on_this_machine_needs_no_key(setting: str):
    assert parse(setting, None, None).url.startswith("http://127.0.0.1:")


@pytest.mark.parametrize("setting", ["qwen3", "openai/gpt-oss-20b", "no-such-provider/x"])
def test_an_own_server_is_given_the_name_as_it_is_and_needs_no_key(setting: str):
    assert parse(setting, f"{OWN}/", None) == ModelAddress(OWN, setting, setting)


@pytest.mark.parametrize("setting", ["gpt-5", "opneai/gpt-5", "/gpt-5", ""])
def test_without_a_known_provider_the_known_ones_are_listed(setting: str):
    with pytest.raises(ProctorError) as refused:
        parse(setting, None, KEY)
    for word in (f"PROCTOR_MODEL={setting}", "anthropic", "ollama", "xai", "PROCTOR_MODEL_URL"):
        assert word in str(refused.value)


def test_a_provider_without_a_model_is_refused():
    with pytest.raises(ProctorError, match="PROCTOR_MODEL=openai/ names no model"):
        parse("openai/", None, KEY)


@pytest.mark.parametrize("key", [None, ""])
def test_a_missing_key_is_asked_for_by_name(key: str | None):
    with pytest.raises(ProctorError, match="openai/gpt-5 needs a key: set PROCTOR_MODEL_API_KEY"):
        parse("openai/gpt-5", None, key)


@pytest.mark.parametrize("key", [f"{KEY}\n", f"Bearer {KEY}", f"{KEY}é"])
def test_a_key_that_cannot_be_sent_is_refused_and_not_repeated(key: str):
    with pytest.raises(ProctorError, match="PROCTOR_MODEL_API_KEY") as refused:
        parse("openai/gpt-5", None, key)
    assert KEY not in str(refused.value)


@pytest.mark.parametrize("url", [f"http://me:{KEY}@gpu/v1", f"{OWN}?key={KEY}", f"{OWN}#{KEY}"])
def test_an_address_that_may_hold_a_secret_is_refused_and_not_repeated(url: str):
    with pytest.raises(ProctorError, match="PROCTOR_MODEL_URL") as refused:
        parse("qwen3", url, None)
    assert KEY not in str(refused.value)


@pytest.mark.parametrize("url", ["gpu.lan:8000", "ftp://gpu.lan/v1", "http://", "http://gpu:many"])
def test_what_is_no_address_is_refused(url: str):
    with pytest.raises(ProctorError, match=f"PROCTOR_MODEL_URL={url} is no address"):
        parse("qwen3", url, None)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"message": "Invalid key", "code": 401}, "Invalid key"),
        ({"detail": "Not Found"}, "Not Found"),
        ("model 'qwen3' not found", "model 'qwen3' not found"),
        ([{"error": "odd"}], '[{"error": "odd"}]'),
    ],
)
def test_a_servers_reason_is_found_wherever_it_puts_it(body: object, words: str):
    assert words_of(body) == words


def test_a_server_asks_to_wait_in_seconds_or_till_a_moment():
    assert seconds_of("1.5") == 1.5
    assert seconds_of(formatdate(time.time() + 60, usegmt=True)) == pytest.approx(60, abs=2)
    assert seconds_of(formatdate(0, usegmt=True)) == 0


@pytest.mark.parametrize("header", ["", "soon", "-1", "nan"])
def test_what_is_no_time_is_no_wish_to_wait(header: str):
    assert seconds_of(header) is None
