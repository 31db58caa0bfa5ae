// Watches for all tabs of a browser: one stream, and one look at a part however many tabs show it.
// api/console/live.py says why it looks when it does.

import { Stream } from "./stream.js";

const SHORTEST_REST = 150;
const RESTS_FOR = 5; // Times as long as the last look took.
const LOOKS_ANYWAY = 5_000;
const SLEPT_IF_LATE_BY = 5_000;
const TICK = 1_000;

/** The live part of a page, and who shows it. */
class Part {
  #timer = null;
  #looking = false;
  #outdated = false;
  #wanted = 0;
  #restUntil = 0;
  #etag = null;
  #newest = null;

  constructor({ url, runId, position, etag }, watcher) {
    this.url = url;
    this.runId = runId;
    this.watcher = watcher;
    this.shownBy = new Map(); // A tab's way to be told, to whether somebody sees the tab.
    this.position = position;
    this.#etag = etag;
    this.lookedAt = Date.now();
  }

  concerns(event) {
    return this.runId === null || event.run_id === this.runId || event.run_id === null;
  }

  /** A look is wanted that shows what the log has at `position`. */
  want(position) {
    this.#wanted = Math.max(this.#wanted, position);
    if (this.#timer || this.#looking || !this.#isSeen()) return;
    this.#timer = setTimeout(() => this.#look(), Math.max(0, this.#restUntil - Date.now()));
  }

  /**
   * Events behind `position` may have been missed, in a sleep perhaps: a look that has begun need
   * not show them, and how long one took says nothing of the server.
   */
  lookAnew(position) {
    this.#outdated = true;
    this.#restUntil = 0;
    clearTimeout(this.#timer);
    this.#timer = null;
    this.want(position);
  }

  /** A tab shows it as of `position`, or is seen again. */
  welcome(tell, position) {
    if (position < this.position && this.#newest) tell(this.#told(this.#newest.sections));
    // Then some tab has what others have not: the next look takes it for all that nobody has any.
    if (position !== this.position) this.#forget();
    if (this.#wanted > position || Date.now() - this.lookedAt > LOOKS_ANYWAY) this.want(this.#wanted);
  }

  #forget() {
    this.#etag = null;
    this.#newest = null;
  }

  #isSeen() {
    return [...this.shownBy.values()].some(Boolean);
  }

  async #look() {
    this.#timer = null;
    this.#looking = true;
    this.#outdated = false;
    const began = Date.now();
    const wanted = this.#wanted;
    try {
      await this.#fetch(wanted);
    } catch {
      // The stream says that the server is away; the next look comes with its return.
    }
    this.lookedAt = Date.now();
    const took = this.#outdated ? 0 : this.lookedAt - began;
    this.#restUntil = this.lookedAt + Math.max(SHORTEST_REST, RESTS_FOR * took);
    this.#looking = false;
    if (this.#wanted > wanted || this.#outdated) this.want(this.#wanted);
  }

  async #fetch(wanted) {
    const answer = await fetch(`${this.url}${this.url.includes("?") ? "&" : "?"}after=${wanted}`, {
      headers: { Accept: "application/json", ...(this.#etag && { "If-None-Match": this.#etag }) },
      cache: "no-store",
      signal: AbortSignal.timeout(10_000),
    });
    if (answer.status === 401) this.watcher.setState("out");
    this.position = Math.max(this.position, Number(answer.headers.get("Proctor-Position") ?? 0));
    if (!answer.ok) return;
    this.#etag = answer.headers.get("ETag");
    this.#spread(await answer.json());
  }

  /** Hands on what has changed since the last look. */
  #spread(fresh) {
    const before = this.#newest?.sections ?? {};
    const changed = Object.entries(fresh.sections).filter(([name, html]) => before[name] !== html);
    this.#newest = fresh;
    const message = this.#told(Object.fromEntries(changed));
    for (const tell of this.shownBy.keys()) tell(message);
  }

  #told(sections) {
    const { title, now } = this.#newest;
    return { kind: "part", title, now, position: this.position, sections };
  }
}

export class Watcher {
  #parts = new Map();
  #stream = null;
  #state = "away";
  #ticked = Date.now();

  constructor() {
    setInterval(() => this.#tick(), TICK);
  }

  /**
   * A tab shows a part, as of a position; `runId` says which run's events concern it, null all.
   * @param {{url: string, runId: string | null, position: number, etag: string}} shown
   * @returns {{see: (visible: boolean) => void, want: (position: number) => void, leave: () => void}}
   */
  show(shown, tell) {
    const part = this.#part(shown);
    part.shownBy.set(tell, true);
    tell({ kind: "state", name: this.#state });
    if (!this.#stream) this.#open(shown.position);
    // What happened before the tab was there to be told of it.
    if (this.#stream.position > shown.position) part.want(this.#stream.position);
    part.welcome(tell, shown.position);
    return {
      see: (visible) => {
        const wasSeen = part.shownBy.get(tell);
        part.shownBy.set(tell, visible);
        if (visible && !wasSeen) part.welcome(tell, 0);
      },
      want: (wanted) => part.want(wanted),
      leave: () => this.#leave(part, tell),
    };
  }

  setState(name) {
    if (name === this.#state) return;
    this.#state = name;
    for (const part of this.#parts.values()) {
      for (const tell of part.shownBy.keys()) tell({ kind: "state", name });
      if (name === "live") part.lookAnew(this.#stream.position);
    }
  }

  #part(shown) {
    if (!this.#parts.has(shown.url)) this.#parts.set(shown.url, new Part(shown, this));
    return this.#parts.get(shown.url);
  }

  #open(position) {
    this.#stream = new Stream(position, {
      heard: (event) => this.#hear(event),
      state: (name) => this.setState(name),
    });
  }

  #hear(event) {
    for (const part of this.#parts.values()) {
      if (part.concerns(event)) part.want(event.position);
    }
  }

  #leave(part, tell) {
    part.shownBy.delete(tell);
    if (part.shownBy.size === 0) this.#parts.delete(part.url);
    if (this.#parts.size === 0) {
      this.#stream?.close();
      this.#stream = null;
      this.#state = "away";
    }
  }

  #tick() {
    const late = Date.now() - this.#ticked - TICK;
    this.#ticked = Date.now();
    if (late > SLEPT_IF_LATE_BY) this.#stream?.reopen();
    for (const part of this.#parts.values()) {
      if (Date.now() - part.lookedAt > LOOKS_ANYWAY) part.want(part.position);
    }
  }
}
