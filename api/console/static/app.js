// Everything that every page does.

import { keepTime } from "./clock.js";
import { playFilms } from "./film.js";
import { watch } from "./live.js";
import { signInByLink } from "./sign-in.js";
import { lookBack } from "./past.js";
import { watchScreens } from "./screens.js";
import { steer } from "./steering.js";

function sayOrigin() {
  for (const place of document.querySelectorAll("[data-origin]")) place.textContent = location.origin;
}

sayOrigin();
document.addEventListener("part", sayOrigin);
signInByLink();
keepTime();
steer();
playFilms();
watchScreens();
lookBack();
watch();
