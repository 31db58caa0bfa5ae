"""Secrets are found in the forms that browsers and protocols give them."""

from __future__ import annotations

import base64
from urllib.parse import quote, unquote

import pytest

from executor.browser.masking import Mask

SECRET = "hunter2 & <co>?~~~"


def basic(user: str) -> str:
    return base64.b64encode(f"{user}:{SECRET}".encode()).decode()


def in_a_cookie(text: str) -> str:
    return quote(text, safe="")


def in_a_cookie_of_cookies(text: str) -> str:
    return quote(quote(text, safe=""), safe="")


def in_a_url(text: str) -> str:
    return text.translate(str.maketrans("+/", "-_"))


@pytest.mark.parametrize("user", ["a", "al", "ann", "anna"])
@pytest.mark.parametrize("written", [str, in_a_cookie, in_a_cookie_of_cookies, in_a_url])
def test_a_password_is_masked_in_basic_authentication(user, written):
    masked = Mask({"PASS": SECRET}).text(f"Authorization: Basic {written(basic(user))}")
    assert "[secret PASS]" in masked
    left = unquote(unquote(masked.partition("Basic ")[2].replace("[secret PASS]", "")))
    # What is left is the user, a colon, and at most a character on either side of the password.
    assert len(left) <= len(basic(user)) - len(SECRET)


def test_what_only_begins_like_a_secret_stays():
    text = base64.b64encode(b"ann:hunter3").decode()
    assert Mask({"PASS": SECRET}).text(text) == text
