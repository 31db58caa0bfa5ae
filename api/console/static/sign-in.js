// A link brings its word behind the `#`, which browsers send to nobody; the form does.

const WORD = /^#([\w-]{32})$/; // As api/console/links.py makes it. `#main`, say, is none.

export function signInByLink() {
  const form = document.getElementById("sign-in");
  const word = WORD.exec(location.hash)?.[1];
  if (!form || !word) return;
  history.replaceState(null, "", location.pathname + location.search);
  form.elements.link.value = word;
  form.elements.key.required = false;
  form.submit();
}
