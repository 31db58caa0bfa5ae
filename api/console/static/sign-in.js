// A link brings its word behind the `#`, which browsers send to nobody; the form does.

export function signInByLink() {
  const form = document.getElementById("sign-in");
  const word = location.hash.slice(1);
  if (!form || !word) return;
  history.replaceState(null, "", location.pathname + location.search);
  form.elements.link.value = word;
  form.elements.key.required = false;
  form.submit();
}
