"""The page at `/`: what this server is, and where its doors are."""

from __future__ import annotations

LANDING = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Proctor</title>
<meta name="viewport" content="width=device-width">
<style>
:root{color-scheme:light dark;font:16px/1.6 system-ui,sans-serif}
body{max-width:40rem;margin:12vh auto;padding:0 1.5rem}
code{background:color-mix(in srgb,currentColor 10%,transparent);padding:.1em .4em}
</style></head><body>
<h1>Proctor</h1>
<p>A queue that runs browser tests and keeps proof of what happened. It is running.</p>
<ul>
<li>Submit a suite: <code>proctor submit suite.yaml --wait</code></li>
<li>Watch it: <code>proctor watch</code></li>
<li>Everything is HTTP under <code>/api/v1</code>: <a href="/openapi.json">openapi.json</a></li>
<li>Is it well? <a href="/health/ready">/health/ready</a>, <a href="/metrics">/metrics</a></li>
</ul></body></html>
"""
