"""No page of a real Chromium opens a file of the machine, nor one of Chromium's own pages."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Error

from executor.browser.finding import find_browser
from executor.gate.files import forbid_files
from tests.gate.sites import launched

SECRET = "top secret"
FROM_A_PAGE = {
    "a link": "document.body.innerHTML = `<a href=${URL}>x</a>`; document.links[0].click()",
    "a download": "document.body.innerHTML = `<a download href=${URL}>`; document.links[0].click()",
    "a location": "location = URL",
    "a popup": "window.open(URL)",
    "a popup that moves": "window.open('about:blank').location = URL",
    "a popup of its own": "window.open(window.URL.createObjectURL(new Blob("
    "[`<iframe src=${URL}></iframe>`], {type: 'text/html'})))",
    "a form": "document.body.innerHTML = `<form action=${URL}>`; document.forms[0].submit()",
    "a refresh": "document.head.innerHTML = `<meta http-equiv=refresh content='0; url=${URL}'>`",
    "a frame": "document.body.innerHTML = `<iframe src=${URL}>`",
    "an object": "document.body.innerHTML = `<object data=${URL}>`",
    "an image": "new Image().src = URL",
    "a script": "document.head.append(Object.assign(document.createElement('script'), {src: URL}))",
    "fetch": "fetch(URL).catch(() => 0)",
    "its source": "window.open(`view-source:${URL}`)",
    "a page of Chromium": "window.open('chrome://version')",
    "its developer tools": "window.open('devtools://devtools/bundled/inspector.html')",
}


def refuses(message):
    """Whether Chromium says that it does not open something."""
    return re.search("Not allowed to load local resource|scheme .* is not supported", message.text)


@pytest.fixture
def secret(tmp_path):
    (tmp_path / "secret.html").write_text(f"<title>{SECRET}</title>")
    return (tmp_path / "secret.html").as_uri()


@pytest.mark.parametrize(
    ("start", "end"),
    [("file://", ""), ("FILE://", ""), ("file://localhost", ""), ("view-source:file://", ""),
     ("file://", "/.."), ("file://", "/nothing")],
)  # fmt: skip
def test_no_navigation_opens_a_file(town, secret, start, end):
    url = start + secret.removeprefix("file://") + end

    async def scenario():
        async with town.visit() as (page, _):
            with pytest.raises(Error, match="net::ERR_ACCESS_DENIED"):
                await page.goto(url)

    town.run(scenario())


@pytest.mark.parametrize("script", FROM_A_PAGE.values(), ids=FROM_A_PAGE)
def test_no_page_of_a_site_opens_a_file(town, secret, script):
    async def scenario():
        async with town.visit() as (page, _):
            async with page.context.expect_event("console", refuses):
                await page.evaluate(f"() => {{ const URL = '{secret}'; {script} }}")
            for opened in page.context.pages:
                assert opened.url.startswith(("http:", "about:", "blob:"))
                assert await opened.title() != SECRET

    town.run(scenario())


def test_no_site_redirects_to_a_file(town, secret):
    town.shop.pages["/redirect"] = secret

    async def scenario():
        async with town.visit() as (page, _):
            with pytest.raises(Error, match="net::ERR_UNSAFE_REDIRECT"):
                await page.goto(f"{town.shop_url}/redirect")

    town.run(scenario())


@pytest.mark.parametrize("way", ["a frame", "a popup", "a location"])
def test_a_page_that_is_a_file_already_opens_no_other(town, secret, tmp_path, way):
    (tmp_path / "first.html").write_text("<body>first</body>")

    async def scenario():
        async with launched() as browser:
            page = await browser.new_page()
            await page.goto((tmp_path / "first.html").as_uri())
            await forbid_files(browser)
            async with page.context.expect_event("requestfailed") as failing:
                await page.evaluate(f"() => {{ const URL = '{secret}'; {FROM_A_PAGE[way]} }}")
            failed = await failing.value
            assert (failed.url, failed.failure) == (secret, "net::ERR_ACCESS_DENIED")

    town.run(scenario())


@pytest.mark.parametrize("url", ["chrome://version", "devtools://devtools/bundled/inspector.html"])
def test_the_headless_shell_has_no_pages_of_its_own(town, url):
    if "headless" not in find_browser(None).name:
        pytest.skip("full Chromium has them, and a step may open them")

    async def scenario():
        async with town.visit() as (page, _):
            with pytest.raises(Error, match="net::ERR_"):
                await page.goto(url)

    town.run(scenario())
