"""The example shop answers as its suite needs, served the way `make demo` serves it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from ruamel.yaml import YAML

from domain.suite import Suite

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
SUITE = ROOT / "examples" / "shop.yaml"
CHECKOUT = {"name": "Ann", "email": "ann@example.com", "address": "1 Rabbit Hole",
            "country": "wl", "delivery": "standard", "terms": "on"}  # fmt: skip


@pytest.fixture(scope="module")
def shop() -> Iterator[str]:
    command = [sys.executable, "-W", "error", "-m", "examples.shop", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.readline().strip()
        try:
            assert said.startswith("Shop on http://127.0.0.1:")
            yield said.removeprefix("Shop on ")
        finally:
            process.terminate()


@pytest.fixture
def new_visitor(shop: str) -> Iterator[Callable[[], httpx.Client]]:
    visitors: list[httpx.Client] = []

    def enter() -> httpx.Client:
        visitors.append(
            httpx.Client(base_url=shop, follow_redirects=True, trust_env=False, verify=False)
        )
        return visitors[-1]

    yield enter
    for visitor in visitors:
        visitor.close()


@pytest.fixture
def visitor(new_visitor: Callable[[], httpx.Client]) -> httpx.Client:
    return new_visitor()


def test_the_product_of_the_day_is_bought_at_once(visitor):
    page = visitor.post("/orders", data={"name": "Ann"})

    assert "Thank you, Ann" in page.text
    assert "Order total: $42" in page.text


def test_a_cart_is_filled_changed_and_ordered(visitor):
    cart = visitor.post("/cart", data={"product": "teapot", "colour": "blue", "wrapped": "on"})
    assert "Blue, gift wrapped" in cart.text
    assert "Total: $31" in cart.text

    assert "Total: $62" in visitor.post("/cart/teapot.blue.1", data={"quantity": "2"}).text
    assert "Total: $57" in visitor.post("/cart/voucher", data={"code": "rabbit"}).text
    assert "Order total: $57" in visitor.post("/checkout", data=CHECKOUT).text
    assert "Your cart is empty" in visitor.get("/cart").text
    assert visitor.get("/receipt.csv").text.splitlines()[-1] == "Total,,,57"


def test_a_removed_product_leaves_the_cart(visitor):
    visitor.post("/cart", data={"product": "hat"})

    assert "Your cart is empty" in visitor.post("/cart/hat.black.0/remove").text


def test_a_half_filled_form_is_sent_back_with_what_was_typed(visitor):
    visitor.post("/cart", data={"product": "cups"})

    page = visitor.post("/checkout", data={**CHECKOUT, "email": "rabbit hole", "terms": ""})

    assert page.status_code == 422
    assert "Please enter an email address." in page.text
    assert "Please accept the terms." in page.text
    assert 'value="rabbit hole"' in page.text


def test_one_visitor_does_not_see_what_another_does(new_visitor):
    ann, bob = new_visitor(), new_visitor()
    ann.post("/login", data={"user": "ann", "password": "wonderland"})
    ann.post("/cart", data={"product": "hat", "quantity": "4"})
    ann.post("/checkout", data=CHECKOUT)

    assert "Sold out" in ann.get("/products/hat").text
    assert "4 in stock" in bob.get("/products/hat").text
    assert "Your cart is empty" in bob.get("/cart").text
    assert bob.get("/orders/1001").status_code == 404
    assert bob.get("/account").url.path == "/login"


def test_nobody_can_buy_more_than_there_is(visitor):
    cart = visitor.post("/cart", data={"product": "hat", "quantity": "99"})
    assert "Total: $260" in cart.text

    assert "Your cart is empty" not in cart.text
    assert "Add to cart" in visitor.get("/products/sword").text
    assert "disabled" in visitor.get("/products/sword").text


def test_a_login_opens_the_account_until_the_logout(visitor):
    refused = visitor.post("/login", data={"user": "ann", "password": "Wonderland"})
    assert refused.status_code == 401
    assert "Wrong user or password" in refused.text

    welcome = visitor.post("/login", data={"user": "ann", "password": "wonderland"})
    assert "Hello, Ann" in welcome.text

    visitor.post("/logout")
    assert visitor.get("/account").url.path == "/login"


def test_the_search_finds_all_words_wherever_they_are(visitor):
    assert visitor.get("/products").headers["X-Count"] == "9"
    assert visitor.get("/products", params={"in_stock": "on"}).headers["X-Count"] == "8"
    assert "chess" in visitor.get("/products", params={"q": "Queens looking"}).text
    assert "grin" in visitor.get("/products", params={"q": "bandersnatch"}).text


def test_an_upload_is_answered_with_its_name_and_size(visitor):
    page = visitor.post("/engraving", files={"artwork": ("photo.txt", b"hello")})

    assert "Received photo.txt (5 bytes)" in page.text


def test_what_a_visitor_types_is_never_markup(visitor):
    page = visitor.post("/orders", data={"name": "<script>alert(1)</script>$title"})

    assert "Thank you, &lt;script&gt;alert(1)&lt;/script&gt;$title" in page.text


def test_the_flaky_page_fails_every_odd_time_for_each_token(visitor):
    def visit(token):
        return visitor.get("/flaky", params={"token": token}).status_code

    assert [visit("a"), visit("b"), visit("a"), visit("b"), visit("a")] == [503, 503, 200, 200, 503]


def test_the_redirect_loop_leads_to_itself(visitor):
    assert visitor.get("/loop", follow_redirects=False).headers["location"] == "/loop"


def test_the_huge_download_is_streamed(visitor):
    with visitor.stream("GET", "/huge.bin") as download:
        assert download.headers["content-length"] == str(1 << 30)
        assert not next(download.iter_raw()).strip(b"\0")


@pytest.mark.parametrize(
    ("path", "status", "text"),
    [
        ("/slow?seconds=0.01", 200, "Better late than never"),
        ("/slow?seconds=-1", 200, "This page took 0 seconds."),
        ("/popups?count=3", 200, "i < 3"),
        ("/endless", 200, "for (;;)"),
        ("/dialogs", 200, "confirm("),
        ("/broken-script", 200, "console.error"),
        ("/error", 500, "Internal server error"),
        ("/nowhere", 404, "Page not found"),
        ("/products/nothing", 404, "Page not found"),
        ("/departments/tea", 200, "Tea table"),
        ("/newsletter", 200, "Rabbit-hole news"),
        ("/traps", 200, "/huge.bin"),
    ],
)
def test_every_other_page_answers(visitor, path, status, text):
    page = visitor.get(path)

    assert page.status_code == status
    assert text in page.text


def test_the_suite_is_one_that_proctor_accepts():
    tests = Suite.model_validate(YAML(typ="safe").load(SUITE)).definitions()

    assert len(tests) >= 20
    assert {test.expect for test in tests} == {"passed", "failed", "timed_out"}
    assert {test.priority for test in tests} == set(range(1, 11))


def test_every_page_the_suite_opens_is_there(visitor):
    tests = Suite.model_validate(YAML(typ="safe").load(SUITE)).definitions()
    opened = {step.goto for test in tests for step in test.steps if step.goto}

    assert {path for path in opened if visitor.get(path).status_code == 404} == set()
