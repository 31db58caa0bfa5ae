"""A site of small pages, each with one thing that tests meet in life."""

from __future__ import annotations

import ssl
import threading
import time
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, ClassVar

import pytest

from tests.support.tls import Authority

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FORM = """<!doctype html><title>Form</title>
<label>Name <input id=name placeholder="your name" data-testid=who></label>
<label>Colour <select><option value=r>Red</option><option value=b>Blue</option></select></label>
<label><input type=checkbox id=gift> Gift wrap</label>
<label>File <input type=file id=file></label>
<button id=buy onclick="document.getElementById('said').textContent =
  'Thank you, ' + document.getElementById('name').value">Buy now</button>
<button disabled>Sold out</button><button class=twin>Twin</button><button class=twin>Twin</button>
<p id=said>nothing yet</p><p id=hidden hidden>secret door</p><ul><li>1<li>2<li>3</ul>
<button id=hover onmouseover="document.getElementById('hidden').hidden=false">Menu</button>
<script>
document.getElementById('name').addEventListener('keydown', event => {
  if (event.key === 'Enter') document.getElementById('said').textContent = 'entered' })
document.getElementById('file').addEventListener('change', async event => {
  const file = event.target.files[0]
  document.getElementById('said').textContent = file.name + ': ' + await file.text() })
console.error('something odd')
</script>"""

PAGES = {
    "/": FORM,
    "/frame": "<iframe id=f src='/'></iframe>",
    "/late": "<p id=p></p><script>setTimeout(()=>p.textContent='at last', 300)</script>",
    "/spin": "<button>Go</button><script>setTimeout(()=>{for(;;);}, 50)</script>",
    "/popups": "<button onclick='for(let i=0;i<50;i++)window.open(\"/late?\"+i)'>Go</button>",
    "/confirm": "<button onclick=\"document.body.append(confirm('sure?')?'yes':'no')\">Go</button>",
    "/prompt": "<button onclick=\"document.body.append(prompt('who?'))\">Go</button>",
    "/cookie": "<script>document.write(document.cookie||'no cookie')</script>"
    "<script>document.cookie='a=b'</script>",
    "/download": "<a href=/huge>Get it</a>",
    "/loud": "<style>input{color:#0f0;background:#000;font:60px monospace;width:900px}</style>"
    "<input id=open><input id=i>",
    "/shout": "<style>p{color:#0f0;background:#000;font:60px monospace}</style>"
    "<input id=i oninput='p.textContent=`You said: ${i.value}!`'><p id=p></p>",
    "/echo": '<input id=i><p id=p></p><button onclick="p.textContent=i.value;'
    "console.log('typed '+i.value);fetch('/?q='+encodeURIComponent(i.value))\">Go</button>",
}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    stopping: ClassVar[threading.Event] = threading.Event()

    def do_GET(self):
        path = self.path.partition("?")[0]
        if path == "/loop":
            self._answer(302, b"", Location="/loop")
        elif path == "/slow":
            self.stopping.wait(10)
            self._answer(200, b"late")
        elif path == "/huge":
            self._huge()
        elif path in PAGES:
            self._answer(200, PAGES[path].encode())
        else:
            self._answer(404, b"<p>not here</p>")

    def _answer(self, status, body, **headers):
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _huge(self):
        self.send_response(200)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Disposition", "attachment; filename=huge.bin")
        self.send_header("Content-Length", str(10**9))
        self.end_headers()
        deadline = time.monotonic() + 20
        try:
            while time.monotonic() < deadline and not self.stopping.is_set():
                self.wfile.write(b"x" * 1_000_000)
        except OSError:
            self.close_connection = True

    def handle(self):
        with suppress(ssl.SSLError, ConnectionError):  # A browser that does not trust us hangs up.
            super().handle()

    def log_message(self, *_):
        pass


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    with serving(None) as port:
        yield f"http://127.0.0.1:{port}"
    Handler.stopping.set()


@pytest.fixture
def untrusted_site(tmp_path: Path) -> Iterator[str]:
    """The same with a certificate of an authority that nobody knows."""
    tls = Authority(tmp_path).server("127.0.0.1")
    with serving(tls) as port:
        yield f"https://127.0.0.1:{port}"


@contextmanager
def serving(tls: ssl.SSLContext | None) -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
