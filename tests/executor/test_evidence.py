"""What is kept of an attempt, and that no secret is in it."""

from __future__ import annotations

import hashlib
import io
import zipfile

SECRET = "hunter2 & <co>"
FORMS = ("hunter2 & <co>", "hunter2%20%26%20%3Cco%3E", "hunter2 &amp; &lt;co&gt;", "hunter2")
FAILING = {"expect": {"text": "never"}, "timeout": 0.3}


def test_a_failure_keeps_screenshot_page_trace_and_console(staged, site):
    seen = staged.perform(site, {"goto": "/"}, FAILING)
    assert sorted(seen.artifacts()) == [
        "attempt-1-console.log",
        "attempt-1-failure.html",
        "attempt-1-failure.png",
        "attempt-1-trace.zip",
    ]
    assert b"<body" in staged.content(seen, "attempt-1-failure.html")
    assert staged.content(seen, "attempt-1-failure.png").startswith(b"\x89PNG")
    assert b"something odd" in staged.content(seen, "attempt-1-console.log")
    with zipfile.ZipFile(io.BytesIO(staged.content(seen, "attempt-1-trace.zip"))) as trace:
        assert any(name.endswith("trace.trace") for name in trace.namelist())


def test_a_pass_keeps_nothing_unless_asked_to(staged, site):
    assert staged.perform(site, {"goto": "/"}).artifacts() == []
    always = staged.perform(site, {"goto": "/"}, artifacts="always")
    assert "attempt-1-trace.zip" in always.artifacts()


def test_the_trace_shows_pages_where_they_were_asked_for_or_the_first_attempt_failed(staged, site):
    first = staged.perform(site, {"goto": "/"}, FAILING)
    second = staged.perform(site, {"goto": "/"}, FAILING, attempt=2)
    always = staged.perform(site, {"goto": "/"}, artifacts="always")
    assert not shows_pages(staged, first, 1)
    assert shows_pages(staged, second, 2)
    assert shows_pages(staged, always, 1)


def shows_pages(staged, seen, attempt):
    content = staged.content(seen, f"attempt-{attempt}-trace.zip")
    with zipfile.ZipFile(io.BytesIO(content)) as trace:
        return b'"frame-snapshot"' in trace.read("trace.trace")


def test_never_means_never(staged, site):
    assert staged.perform(site, {"goto": "/"}, FAILING, artifacts="never").artifacts() == []


def test_a_screenshot_asked_for_is_kept_with_its_step(staged, site):
    seen = staged.perform(site, {"goto": "/"}, {"screenshot": "The whole Form!"})
    assert [a.name for a in seen.steps[1].artifacts] == ["attempt-1-step-1-the-whole-form.png"]


def test_an_artifact_is_what_its_event_says(staged, site):
    seen = staged.perform(site, {"goto": "/"}, FAILING)
    for artifact in seen.outcome.artifacts:
        content = staged.content(seen, artifact.name)
        assert artifact.size == len(content)
        assert artifact.sha256 == hashlib.sha256(content).hexdigest()


def test_a_secret_is_typed_but_found_nowhere_afterwards(staged, site):
    seen = staged.perform(
        site,
        {"goto": "/echo"},
        {"fill": {"css": "#i", "value": "${secret:PASS}"}},
        {"click": {"text": "Go"}},
        {"expect": {"value": {"css": "#i", "equals": "${secret:PASS}"}}},
        {"expect": {"text": "never"}, "timeout": 0.5},
        {"expect": {"url": "${secret:PASS}"}},
    )
    assert [step.passed for step in seen.steps] == [True, True, True, True, False]
    written = everything(staged, seen)
    assert b"[secret PASS]" in written
    for form in FORMS:
        assert form.encode() not in written, form


def everything(staged, seen) -> bytes:
    """All that leaves the executor: messages, files, and files within files."""
    found = str(seen).encode()
    for name in seen.artifacts():
        content = staged.content(seen, name)
        found += content
        if name.endswith(".zip"):
            with zipfile.ZipFile(io.BytesIO(content)) as trace:
                for inner in trace.namelist():
                    found += inner.encode() + trace.read(inner)
    return found
