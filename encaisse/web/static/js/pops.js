// Menus (<details data-pop>): one open at a time, closed by a click elsewhere or Escape.
const open = () => document.querySelectorAll("details[data-pop][open]");

document.addEventListener("click", (event) => {
  for (const pop of open()) if (!pop.contains(event.target)) pop.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const pop of open()) {
    pop.open = false;
    pop.querySelector("summary").focus();
  }
});

// A menu has done its work once it opened a dialog.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target?.id === "dialog-body") for (const pop of open()) pop.open = false;
});

// A part that replaces itself keeps its menu open.
document.addEventListener("htmx:beforeSwap", (event) => {
  const kept = event.detail.target?.querySelector?.("details[data-keep][open]")?.dataset.keep;
  if (!kept) return;
  document.addEventListener(
    "htmx:afterSwap",
    () => document.querySelector(`details[data-keep="${kept}"]`)?.setAttribute("open", ""),
    { once: true },
  );
});
