// A page's live part: shown as the watcher brings it.

import { setClock, tick } from "./clock.js";
import { morph } from "./morph.js";

const STATES = {
  live: "live",
  away: "connecting…",
  out: "signed out",
};
const STILL_HERE = 20_000;

/** What is sent to the watcher; nothing on pages that have no live part. */
let send = () => {};

/** While somebody drags a row, rows stay where they are. */
let held = false;
let waiting = [];

/** The watcher shall bring what the log has at `position`. */
export function want(position) {
  send({ kind: "want", position });
}

export function hold() {
  held = true;
}

export function release() {
  held = false;
  waiting.splice(0).forEach(show);
}

export async function watch() {
  const part = document.querySelector("[data-live]");
  if (!part) return;
  setClock(part.dataset.now);
  await join(part);
  document.addEventListener("visibilitychange", () => send({ kind: "see", visible: !document.hidden }));
  addEventListener("pagehide", () => send({ kind: "leave" }));
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  setInterval(() => send({ kind: "see", visible: !document.hidden }), STILL_HERE);
}

/** After a sleep so long that the watcher gave this tab up. */
function comeBack(part) {
  part.dataset.etag = ""; // It is of the page as it was loaded, and more has been shown since.
  join(part);
}

async function join(part) {
  send = await watcher(heard);
  send({
    kind: "show",
    url: part.dataset.live,
    runId: part.dataset.run ?? null,
    position: Number(part.dataset.position),
    etag: part.dataset.etag,
  });
}

/** A shared worker, or where there is none, a watcher of this tab's own. */
async function watcher(tell) {
  if ("SharedWorker" in window) {
    const worker = new SharedWorker(new URL("./live-worker.js", import.meta.url), { type: "module" });
    worker.port.onmessage = ({ data }) => tell(data);
    return (message) => worker.port.postMessage(message);
  }
  const { Watcher } = await import("./watcher.js");
  const own = new Watcher();
  let shown = null;
  return ({ kind, ...said }) => {
    if (kind === "show") shown = own.show(said, tell);
    else if (kind === "see") shown.see(said.visible);
    else if (kind === "want") shown.want(said.position);
    else shown.leave();
  };
}

function heard(message) {
  if (message.kind === "state") {
    const link = document.getElementById("link");
    link.dataset.state = message.name;
    link.textContent = STATES[message.name];
    if (message.name === "out") signIn();
  } else if (message.kind === "dropped") comeBack(document.querySelector("[data-live]"));
  else if (held) waiting.push(message);
  else show(message);
}

function signIn() {
  location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
}

function show({ sections, title, now, position }) {
  setClock(now);
  document.querySelector("[data-live]").dataset.position = position;
  document.title = `${title} · Proctor`;
  for (const [name, html] of Object.entries(sections)) {
    const section = document.getElementById(`section-${name}`);
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    morph(section, fresh.content);
    tick(section);
  }
  document.dispatchEvent(new Event("part"));
}
