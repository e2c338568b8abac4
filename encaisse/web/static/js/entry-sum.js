// A promise: ticking entries fills the amount with what they owe, until the user types his own.
import "./schedule.js";

const boxes = (form) => [...form.querySelectorAll("[data-minor]:checked")];

function decimals(currency) {
  return new Intl.NumberFormat("fr", { style: "currency", currency }).resolvedOptions()
    .maximumFractionDigits;
}

function show(form, field) {
  const ticked = boxes(form);
  const currencies = new Set(ticked.map((box) => box.dataset.currency));
  if (currencies.size !== 1) {
    field.value = "";
    return;
  }
  const digits = decimals([...currencies][0]);
  const minor = ticked.reduce((sum, box) => sum + Number(box.dataset.minor), 0);
  const format = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  field.value = (minor / 10 ** digits).toLocaleString("fr-FR", format).replace(/\s/g, " ");
}

document.addEventListener("input", (event) => {
  if (event.target.matches("[data-sum]")) event.target.dataset.typed = "";
});
document.addEventListener("change", (event) => {
  const form = event.target.form;
  const field = form?.querySelector("[data-sum]");
  if (!event.target.matches("[data-minor]") || !field || "typed" in field.dataset) return;
  show(form, field);
  field.dispatchEvent(new Event("change", { bubbles: true }));
});
