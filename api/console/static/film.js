// Pictures of a run: a slider goes through them, and so do clicks on the small ones.

let chosen = null; // The last one, until somebody chooses.

export function playFilms() {
  document.addEventListener("input", ({ target }) => {
    if (target.matches("[data-scrub]")) choose(Number(target.value));
  });
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-frame]");
    if (button) choose(Number(button.dataset.frame));
  });
  document.addEventListener("part", arrange);
  arrange();
}

function choose(number) {
  chosen = number;
  arrange();
}

function arrange() {
  const small = [...document.querySelectorAll("[data-film] [data-frame]")];
  if (!small.length) return;
  const number = Math.min(chosen ?? small.length, small.length);
  small.forEach((button, index) => button.setAttribute("aria-pressed", String(index + 1 === number)));
  document.querySelector("[data-scrub]").value = number;
  const button = small[number - 1];
  const frame = document.getElementById("frame");
  frame.querySelector("img").src = button.querySelector("img").src;
  const caption = button.getAttribute("aria-label").replace(/^picture \d+: /, "");
  frame.querySelector("img").alt = `the page at ${caption}`;
  frame.querySelector("figcaption").textContent = `${number} of ${small.length}: ${caption}`;
}
