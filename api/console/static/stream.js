// The log's stream as server-sent events, read for as long as somebody watches.
//
// Not an EventSource: that hears only the types of events it was told of by name, does not say that
// there was a sign of life, and gives up for good at the first answer that is not 200.

const URL_OF_STREAM = "/api/v1/stream";
const SILENT_AFTER = 25_000; // Signs of life come every 15 s.
const GOES_ON_WITHIN = 60_000; // After more the events missed may be many, and one look shows it all.
const SHORTEST_PAUSE = 250;
const LONGEST_PAUSE = 4_000;

export class Stream {
  #stop = new AbortController();
  #reading = null;
  #heardAt = Date.now(); // The page whose position it begins with was made just now.

  /**
   * @param {number} position the events behind it are told of
   * @param {{heard: (event: object) => void, state: (name: string) => void}} told
   */
  constructor(position, told) {
    this.position = position;
    this.told = told;
    this.#keepReading();
  }

  close() {
    this.#stop.abort();
    this.#reading?.abort();
  }

  /** Opens it anew, as after a sleep: what was open may be dead without knowing. */
  reopen() {
    this.#reading?.abort();
  }

  async #keepReading() {
    let pause = SHORTEST_PAUSE;
    while (!this.#stop.signal.aborted) {
      const opened = Date.now();
      try {
        await this.#read();
      } catch {
        // Refused, cut off or aborted: all of it means to try again.
      }
      if (this.#stop.signal.aborted) return;
      this.told.state("away");
      if (Date.now() - opened > 5_000) pause = SHORTEST_PAUSE;
      await new Promise((resume) => setTimeout(resume, pause * (0.5 + Math.random())));
      pause = Math.min(2 * pause, LONGEST_PAUSE);
    }
  }

  async #read() {
    this.#reading = new AbortController();
    const answer = await fetch(URL_OF_STREAM, {
      headers: { Accept: "text/event-stream", ...this.#whereToGoOn() },
      cache: "no-store",
      signal: this.#reading.signal,
    });
    if (answer.status === 401 || answer.status === 403) this.told.state("out");
    if (!answer.ok) return;
    this.told.state("live");
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    let silence = this.#watch();
    try {
      for (;;) {
        const { done, value } = await reader.read();
        clearTimeout(silence);
        if (done) return;
        this.#heardAt = Date.now();
        silence = this.#watch();
        const blocks = (text + value).split("\n\n");
        text = blocks.pop();
        blocks.forEach((block) => this.#hear(block));
      }
    } finally {
      clearTimeout(silence);
    }
  }

  /** Nothing after a long silence: then the stream begins with what comes next. */
  #whereToGoOn() {
    const goesOn = Date.now() - this.#heardAt < GOES_ON_WITHIN;
    return goesOn ? { "Last-Event-ID": String(this.position) } : {};
  }

  #watch() {
    return setTimeout(() => this.reopen(), SILENT_AFTER);
  }

  #hear(block) {
    const data = block.split("\n").find((line) => line.startsWith("data: "));
    if (!data) return;
    const event = JSON.parse(data.slice("data: ".length));
    this.position = Math.max(this.position, event.position);
    this.told.heard(event);
  }
}
