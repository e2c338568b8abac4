// The search of the top bar: « / » or Ctrl-K, arrows through what is found, Escape.
const finder = document.querySelector("[data-finder]");
const input = finder?.querySelector("[data-search]");
const found = finder?.querySelector("#found");
const live = document.getElementById("live");

function move(step) {
  const stops = [input, ...found.querySelectorAll("a")];
  const next = stops.indexOf(document.activeElement) + step;
  stops[(next + stops.length) % stops.length].focus();
}

function onKey(event) {
  const typing = event.target.matches?.("input, textarea, select, [contenteditable]");
  const asked = (event.key === "/" && !typing) || (event.key === "k" && (event.ctrlKey || event.metaKey));
  if (asked) {
    event.preventDefault();
    input.focus();
    input.select();
  }
  if (!finder.contains(event.target) || !found.childElementCount) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    move(event.key === "ArrowDown" ? 1 : -1);
  }
  if (event.key === "Escape") {
    event.preventDefault(); // a search field would forget what was typed
    found.replaceChildren();
    input.focus();
  }
}

// What is found is announced once one stops typing, and goes away with the focus.
function onFound() {
  live.textContent = found.querySelector("[data-announce]")?.textContent.trim() ?? "";
}

function onFocusOut(event) {
  if (event.relatedTarget && !finder.contains(event.relatedTarget)) found.replaceChildren();
}

if (finder) {
  document.addEventListener("keydown", onKey);
  finder.addEventListener("htmx:afterSwap", onFound);
  finder.addEventListener("focusout", onFocusOut);
  document.addEventListener("click", (event) => {
    if (!finder.contains(event.target)) found.replaceChildren();
  });
}
