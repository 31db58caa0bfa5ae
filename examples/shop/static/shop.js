// The shop's behaviour, by attribute: a page that carries the attribute gets it.

const SHELF_DELAY = 400; // ms: the shelves fill late, as they do in life
const TYPING_PAUSE = 250; // ms without a key before the search starts

const all = (selector) => document.querySelectorAll(selector);
const byId = (id) => document.getElementById(id);

function fillShelves() {
  const search = byId("search");
  if (!search) return;
  let timer = setTimeout(load, SHELF_DELAY);
  let underWay = new AbortController();

  async function load() {
    underWay.abort();
    underWay = new AbortController();
    const query = new URLSearchParams(new FormData(search));
    try {
      const answer = await fetch(`/products?${query}`, { signal: underWay.signal });
      const cards = await answer.text();
      show(cards, Number(answer.headers.get("X-Count")));
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
  }

  function show(cards, count) {
    byId("products").innerHTML = cards;
    byId("products").setAttribute("aria-busy", "false");
    byId("found").textContent = count === 1 ? "1 product" : `${count} products`;
  }

  search.addEventListener("input", (event) => {
    clearTimeout(timer);
    timer = setTimeout(load, event.target.type === "search" ? TYPING_PAUSE : 0);
  });
}

function askBeforeSending() {
  for (const form of all("form[data-confirm]")) {
    form.addEventListener("submit", (event) => {
      if (!confirm(form.dataset.confirm)) event.preventDefault();
    });
  }
  for (const form of all("form[data-prompt]")) {
    form.addEventListener("submit", (event) => {
      const answer = prompt(form.dataset.prompt);
      if (answer === null) event.preventDefault();
      else form.elements[form.dataset.answer].value = answer;
    });
  }
}

function openAndClose() {
  for (const button of all("[data-opens]")) {
    button.addEventListener("click", () => byId(button.dataset.opens).showModal());
  }
  for (const button of all("[data-closes]")) {
    button.addEventListener("click", () => byId(button.dataset.closes).close());
  }
  for (const button of all("[data-toggles]")) {
    button.addEventListener("click", () => {
      const hidden = byId(button.dataset.toggles).toggleAttribute("hidden");
      button.setAttribute("aria-expanded", String(!hidden));
    });
  }
  for (const box of all("[data-shows]")) {
    box.addEventListener("change", () => {
      byId(box.dataset.shows).type = box.checked ? "text" : "password";
    });
  }
}

fillShelves();
askBeforeSending();
openAndClose();
