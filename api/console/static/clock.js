// What moves without an event: times that go on, and bars that fill.

import { clock, elapsed } from "./wording.js";

const EVERY = 250;

/** The server's clock less this one's, in milliseconds: the two need not agree. */
let ahead = 0;

/** @param {string | undefined} serverNow the server's time, just received */
export function setClock(serverNow) {
  if (serverNow) ahead = Date.parse(serverNow) - Date.now();
}

/** Brings every time and bar under `root` up to the moment. */
export function tick(root = document) {
  const now = Date.now() + ahead;
  for (const time of root.querySelectorAll("time[data-since]")) {
    write(time, elapsed((now - Date.parse(time.dateTime)) / 1000));
    time.title ||= clock(new Date(time.dateTime));
  }
  for (const time of root.querySelectorAll("time[data-in]")) {
    // Said as of when it came: a guess that stays the same is no reason to send it again.
    if (time.dataset.in !== time.dataset.heard) {
      time.dataset.heard = time.dataset.in;
      time.dataset.until = now + 1000 * Number(time.dataset.in);
    }
    const left = (Number(time.dataset.until) - now) / 1000;
    write(time, left > 1 ? `in ${elapsed(left)}` : "soon");
  }
  for (const time of root.querySelectorAll("time[data-at]")) {
    write(time, clock(new Date(time.dateTime)));
  }
  for (const bar of root.querySelectorAll("progress[data-since]")) {
    bar.value = Math.min(bar.max, (now - Date.parse(bar.dataset.since)) / 1000);
  }
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function keepTime() {
  setInterval(() => document.hidden || tick(), EVERY);
  document.addEventListener("visibilitychange", () => document.hidden || tick());
  tick();
}
