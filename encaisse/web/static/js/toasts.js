// Messages: those of the page, those that come with a part (HX-Trigger: toasts), and failures.
const READ_MS = 6000;
const UNDO_MS = 10_000;
const box = document.querySelector("[data-toasts]");

function leaveLater(toast) {
  const shown = toast.querySelector("form") ? UNDO_MS : READ_MS;
  let timer = setTimeout(() => toast.remove(), shown);
  toast.addEventListener("pointerenter", () => clearTimeout(timer));
  toast.addEventListener("focusin", () => clearTimeout(timer));
  toast.addEventListener("pointerleave", () => (timer = setTimeout(() => toast.remove(), shown)));
}

function show({ text, level, undo }) {
  const toast = box.querySelector("[data-toast-model]").content.firstElementChild.cloneNode(true);
  toast.classList.add(`toast-${level}`);
  toast.querySelector("p").textContent = text;
  const form = toast.querySelector("form");
  if (undo) form.action = undo;
  else form.remove();
  box.append(toast);
  if (level !== "error") leaveLater(toast);
}

function showFailure() {
  show({ text: box.querySelector("[data-toast-failure]").innerHTML.trim(), level: "error" });
}

box.addEventListener("click", (event) => {
  if (event.target.closest("[data-toast-close]")) event.target.closest("[data-toast]").remove();
});
box.querySelectorAll("[data-toast]:not(.toast-error)").forEach(leaveLater);
document.addEventListener("toasts", (event) => {
  const told = event.detail.value ?? event.detail;
  for (const one of told) show(one);
});
document.addEventListener("htmx:responseError", showFailure);
document.addEventListener("htmx:sendError", showFailure);
