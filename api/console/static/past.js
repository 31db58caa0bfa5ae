// The past: the slider shows the moment it stands at, and plays.

import { tick } from "./clock.js";
import { morph } from "./morph.js";
import { clock } from "./wording.js";

const FRAMES_A_SECOND = 2;

export function lookBack() {
  const form = document.querySelector("[data-past]");
  if (form) new Film(form);
}

class Film {
  #playing = null;
  #looking = false;
  #wanted = null;

  constructor(form) {
    this.form = form;
    this.slider = form.elements.second;
    this.button = form.querySelector("button[data-play]");
    for (const tool of form.querySelectorAll("[data-play]")) tool.hidden = false;
    this.slider.addEventListener("input", () => this.#show());
    form.elements.span.addEventListener("change", () => form.requestSubmit());
    this.button.addEventListener("click", () => (this.#playing ? this.#stop() : this.#play()));
  }

  #play() {
    if (this.slider.value === this.slider.max) this.slider.value = 0;
    this.#playing = setInterval(() => this.#step(), 1000 / FRAMES_A_SECOND);
    this.#say();
  }

  #stop() {
    clearInterval(this.#playing);
    this.#playing = null;
    this.#say();
  }

  #say() {
    this.button.textContent = this.#playing ? "Pause" : "Play";
    this.button.setAttribute("aria-pressed", String(Boolean(this.#playing)));
  }

  #step() {
    if (this.#looking) return; // The server takes longer than a frame: it is not asked for more.
    const seconds = Number(this.form.querySelector("[data-speed]").value) / FRAMES_A_SECOND;
    this.slider.value = Number(this.slider.value) + Math.max(1, Math.round(seconds));
    if (this.slider.value === this.slider.max) this.#stop();
    this.#show();
  }

  /** The newest moment wanted, one look at a time. */
  async #show() {
    const moment = new Date(Date.parse(this.form.dataset.since) + 1000 * this.slider.value);
    this.slider.setAttribute("aria-valuetext", clock(moment));
    this.#wanted = new URLSearchParams(new FormData(this.form)).toString();
    if (this.#looking) return;
    this.#looking = true;
    try {
      while (this.#wanted) {
        const asked = this.#wanted;
        this.#wanted = null;
        await this.#look(asked);
      }
    } finally {
      this.#looking = false;
    }
  }

  async #look(asked) {
    const answer = await fetch(`/past/part?${asked}`, { cache: "no-store" }).catch(() => null);
    if (answer?.redirected) return location.reload(); // To the page that signs in.
    if (!answer?.ok) return this.#stop();
    const fresh = document.createElement("template");
    fresh.innerHTML = await answer.text();
    morph(document.getElementById("moment"), fresh.content);
    tick(document.getElementById("moment"));
    history.replaceState(null, "", `/past?${asked}`);
  }
}
