// The dialog opens when something is swapped into #dialog-body, and closes by [data-closes],
// a click on the backdrop, or `HX-Trigger: dialog-close`. [data-opens="id"] opens another one.
const dialog = document.getElementById("dialog");
const body = document.getElementById("dialog-body");

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target === body && body.childElementCount && !dialog.open) dialog.showModal();
});
document.addEventListener("dialog-close", () => dialog.close());
dialog.addEventListener("close", () => body.replaceChildren());

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) {
    event.preventDefault();
    document.getElementById(opener.dataset.opens).showModal();
  }
  if (event.target.closest("[data-closes]") || event.target.matches("dialog[open]")) {
    event.target.closest("dialog")?.close();
  }
});
