// The search of the top bar: « / » or Ctrl-K, arrows through what is found, Escape.
const finder = document.querySelector("[data-finder]");
const input = finder?.querySelector("[data-search]");
const found = finder?.querySelector("#found");

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
    found.replaceChildren();
    input.focus();
  }
}

if (finder) {
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", (event) => {
    if (!finder.contains(event.target)) found.replaceChildren();
  });
}
