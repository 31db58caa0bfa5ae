// What executors' browsers show now. Executors send pictures only while somebody asks for them; so
// what nobody watches, or nobody sees, costs nothing.

const EVERY = 350;

/** Executors that are watched, to the number of the picture that is shown. */
const watched = new Map();

export function watchScreens() {
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-watch]");
    if (button) toggle(button.dataset.watch);
  });
  document.addEventListener("part", arrange);
}

function toggle(executor) {
  if (!watched.delete(executor)) {
    watched.set(executor, 0);
    if (watched.size === 1) keepLooking();
  }
  arrange();
}

/** One after the other: a browser has six connections to a server, and five could be watched. */
async function keepLooking() {
  while (watched.size) {
    for (const executor of watched.keys()) {
      if (!document.hidden) await look(executor).catch(() => {}); // It is asked again.
    }
    await new Promise((resume) => setTimeout(resume, EVERY));
  }
}

async function look(executor) {
  const address = `/api/v1/executors/${encodeURIComponent(executor)}/picture`;
  const answer = await fetch(`${address}?after=${watched.get(executor)}`, { cache: "no-store" });
  if (answer.status !== 200) return;
  const picture = await createImageBitmap(await answer.blob());
  const screen = screenOf(executor);
  // A picture may be older or newer than what the page says of the executor.
  if (!watched.has(executor) || answer.headers.get("Proctor-Run") !== screen?.parentElement.dataset.holds) return;
  watched.set(executor, Number(answer.headers.get("Proctor-Picture")));
  const canvas = screen.querySelector("canvas");
  Object.assign(canvas, { width: picture.width, height: picture.height });
  canvas.getContext("2d").drawImage(picture, 0, 0);
  picture.close();
  screen.dataset.shows = answer.headers.get("Proctor-Run");
}

function arrange() {
  for (const button of document.querySelectorAll("[data-watch]")) {
    const on = watched.has(button.dataset.watch);
    button.setAttribute("aria-pressed", String(on));
  }
  for (const screen of document.querySelectorAll("[data-screen]")) {
    const executor = screen.dataset.screen;
    screen.hidden = !watched.has(executor);
    if (screen.dataset.shows !== screen.parentElement.dataset.holds) blank(screen, executor);
  }
}

function blank(screen, executor) {
  delete screen.dataset.shows;
  if (watched.has(executor)) watched.set(executor, 0);
  screen.querySelector("canvas").width = 0;
}

function screenOf(executor) {
  return document.querySelector(`[data-screen="${CSS.escape(executor)}"]`);
}
