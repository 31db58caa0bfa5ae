// Buttons that do something, without leaving the page; and rows that are dragged or moved by keys.

import { hold, release, want } from "./live.js";

const SAID_FOR = 6_000;
const MOST_URGENT = 1;
const LEAST_URGENT = 10;

export function steer() {
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "steer") return;
    event.preventDefault();
    const button = event.submitter;
    button?.closest("details.confirm")?.removeAttribute("open");
    send(button.getAttribute("formaction"), new FormData(event.target, button), button);
  });
  document.addEventListener("keydown", moveByKey);
  document.addEventListener("click", closeSheets);
  dragging();
}

async function send(action, fields, button) {
  button?.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(action, {
      method: "POST",
      body: new URLSearchParams(fields),
      headers: { Accept: "application/json" },
    });
    const told = await answer.json();
    if (answer.ok) done(told, button);
    else say(told.detail ?? answer.statusText, "trouble");
  } catch {
    say("The server does not answer; nothing was done that is known of.", "trouble");
  } finally {
    button?.removeAttribute("aria-busy");
  }
}

function done({ said, position, at }, button) {
  if (at && button?.hasAttribute("data-follow")) {
    location.assign(at);
    return;
  }
  want(position);
  say(said, "done", at);
}

function say(text, kind, at) {
  const place = document.getElementById("said");
  const line = document.createElement("p");
  line.className = kind;
  line.textContent = text;
  if (at) {
    const link = document.createElement("a");
    link.href = at;
    link.textContent = "Show it";
    line.append(" ", link);
  }
  place.replaceChildren(line);
  setTimeout(() => line.remove(), SAID_FOR);
}

function changePriority(row, priority) {
  if (priority < MOST_URGENT || priority > LEAST_URGENT) return;
  const fields = new FormData(document.getElementById("steer"));
  fields.set("priority", String(priority));
  send(`/runs/${row.id.replace("run-", "")}/priority`, fields, null);
}

function moveByKey(event) {
  const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  const row = event.target.closest?.("li[data-run][draggable]");
  if (!by || !row || !event.altKey) return;
  event.preventDefault();
  changePriority(row, Number(row.dataset.priority) + by);
}

/** A click elsewhere closes what asks for a confirmation. */
function closeSheets(event) {
  for (const sheet of document.querySelectorAll("details.confirm[open]")) {
    if (!sheet.contains(event.target)) sheet.removeAttribute("open");
  }
}

function dragging() {
  let dragged = null;
  let over = null;
  const mark = (row) => {
    over?.classList.remove("over");
    over = row;
    over?.classList.add("over");
  };
  const end = () => {
    dragged?.classList.remove("dragged");
    mark(null);
    dragged = null;
    release();
  };
  document.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.("li[data-run]");
    if (!dragged) return;
    hold();
    dragged.classList.add("dragged");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.id);
  });
  document.addEventListener("dragover", (event) => {
    const row = dragged && event.target.closest?.("li[data-run]");
    if (!row) return;
    event.preventDefault();
    mark(row === dragged ? null : row);
  });
  document.addEventListener("drop", (event) => {
    const row = event.target.closest?.("li[data-run]");
    if (!dragged || !row || row === dragged) return;
    event.preventDefault();
    changePriority(dragged, Number(row.dataset.priority));
  });
  document.addEventListener("dragend", end);
}
