// A promise in several payments: their number and rhythm fill the schedule, which can be edited.
// Lines that the user typed stay until he changes the number, the rhythm, the day or the amount.
const SOURCES = ["amount", "promised_date", "count", "period"];
const french = () => document.documentElement.lang === "fr";

function minorOf(text, digits) {
  const plain = text.replace(/[\s\u00a0\u202f]/g, "").replace(",", ".");
  return /^\d+(\.\d*)?$/.test(plain) ? Math.round(Number(plain) * 10 ** digits) : null;
}

function written(minor, digits) {
  if (!french()) return (minor / 10 ** digits).toFixed(digits);
  const format = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return (minor / 10 ** digits).toLocaleString("fr-FR", format).replace(/\s/g, " ");
}

function currencyOf(form) {
  return form.querySelector("[data-minor]:checked")?.dataset.currency ?? "EUR";
}

function digitsOf(currency) {
  return new Intl.NumberFormat("fr", { style: "currency", currency }).resolvedOptions()
    .maximumFractionDigits;
}

function dayAfter(start, rank, period) {
  const [year, month, day] = start.split("-").map(Number);
  if (period !== "month") {
    const days = rank * (period === "week" ? 7 : 14);
    return new Date(Date.UTC(year, month - 1, day + days)).toISOString().slice(0, 10);
  }
  const last = new Date(Date.UTC(year, month + rank, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + rank, Math.min(day, last))).toISOString().slice(0, 10);
}

function rowsFor(list, count) {
  while (list.children.length < count) {
    const row = list.lastElementChild.cloneNode(true);
    const number = list.children.length + 1;
    row.querySelector(".schedule-number").textContent = number;
    for (const field of row.querySelectorAll("input")) {
      field.value = "";
      field.ariaLabel = field.ariaLabel.replace(/\d+$/, number);
    }
    list.append(row);
  }
  return [...list.children];
}

function fill(form, schedule) {
  const digits = digitsOf(currencyOf(form));
  const count = Math.min(36, Number(form.elements.count.value) || 1);
  const total = minorOf(form.elements.amount.value, digits);
  const start = form.elements.promised_date.value;
  const rows = rowsFor(schedule.querySelector("[data-schedule-rows]"), count);
  const known = count > 1 && total && start;
  if (known) schedule.open = true;
  const part = Math.floor(total / count);
  rows.forEach((row, rank) => {
    const [day, amount] = row.querySelectorAll("input");
    const shown = known && rank < count;
    const minor = rank === count - 1 ? total - part * (count - 1) : part;
    day.value = shown ? dayAfter(start, rank, form.elements.period.value) : "";
    amount.value = shown ? written(minor, digits) : "";
    row.hidden = known ? rank >= count : rank >= 6;
    row.classList.remove("field-wrong");
    row.querySelector(".field-error")?.remove();
  });
}

function showTotal(form, schedule) {
  const currency = currencyOf(form);
  const digits = digitsOf(currency);
  const amounts = [...schedule.querySelectorAll("[name=schedule_amount]")];
  const total = amounts.reduce((sum, field) => sum + (minorOf(field.value, digits) ?? 0), 0);
  const line = schedule.querySelector("[data-schedule-total]");
  line.hidden = !total;
  const shown = { style: "currency", currency };
  const locale = french() ? "fr-FR" : "en-GB";
  line.querySelector("b").textContent = (total / 10 ** digits).toLocaleString(locale, shown);
}

// While it is typed, not when the field is left: a button must not move under the click that leaves it.
function follow(event) {
  const form = event.target.form;
  const schedule = form?.querySelector("[data-schedule]");
  if (!schedule) return;
  const isAsked = Number(form.elements.count.value) > 1 || event.target.name === "count";
  if (isAsked && SOURCES.includes(event.target.name)) fill(form, schedule);
  showTotal(form, schedule);
}

document.addEventListener("input", follow);
document.addEventListener("change", (event) => {
  // The amount that ticked entries give is not typed.
  if (!event.isTrusted) follow(event);
});
