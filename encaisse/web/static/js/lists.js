// Lists: filters apply while they are typed, the address stays short, the filter form and the
// exports follow the address, the result is announced.
import "./addresses.js";

const live = document.getElementById("live");
const inBar = (field, kind) => field.matches?.(`[data-list-form] ${kind}`);

document.addEventListener("htmx:configRequest", (event) => {
  const { elt, parameters } = event.detail;
  // htmx reads the address of a link once, before the first filter.
  if (elt.matches?.("[data-carries-list]")) event.detail.path = elt.href;
  if (!elt.matches?.("[data-list-form]")) return;
  for (const key of [...new Set(Object.keys(parameters))]) {
    if (parameters[key] === "") delete parameters[key];
  }
});

document.addEventListener("input", (event) => {
  const field = event.target;
  if (inBar(field, "[data-typed]")) field.dispatchEvent(new Event("typed", { bubbles: true }));
});

// What is typed has been applied already when the field is left for a chip or a heading, and a
// date whose year is being typed is not a date yet.
document.addEventListener(
  "change",
  (event) => {
    const field = event.target;
    const isUnfinished = inBar(field, "[type=date]") && field.value && !field.validity.valid;
    if (inBar(field, "[data-typed]") || isUnfinished) event.stopPropagation();
  },
  { capture: true },
);

function followAddress(form, query) {
  for (const field of form.elements) {
    if (!field.name || field.dataset.listHidden !== undefined) continue;
    const value = query.get(field.name) ?? "";
    field.closest("[data-pill]")?.classList.toggle("is-on", value !== "");
    // What is being typed, or could not be read, stays as it was typed.
    if (field === document.activeElement || !field.validity.valid) continue;
    if (field.type === "checkbox") field.checked = value === field.value;
    else field.value = value;
  }
}

function countMore(form, query) {
  const more = form.querySelector("[data-more-filters]");
  if (!more) return;
  const count = [...more.querySelectorAll("[name]")].filter((field) => query.get(field.name)).length;
  const place = more.querySelector("[data-more-count]");
  place.textContent = count;
  place.hidden = !count;
  more.querySelector("summary").classList.toggle("is-on", count > 0);
}

function carryHidden(form, query) {
  const own = new Set([...form.elements].filter((field) => !("listHidden" in field.dataset)).map((field) => field.name));
  form.querySelectorAll("[data-list-hidden]").forEach((field) => field.remove());
  for (const [name, value] of query) {
    if (own.has(name) || ["page", "choix", "sauf"].includes(name)) continue;
    const field = Object.assign(document.createElement("input"), { type: "hidden", name, value });
    field.dataset.listHidden = "";
    form.append(field);
  }
}

// The panel opens on the side of its button where there is room.
document.addEventListener(
  "toggle",
  ({ target }) => {
    const panel = target.matches?.("[data-more-filters][open]") && target.querySelector(".pop-body");
    if (!panel) return;
    target.classList.remove("pop-right");
    target.classList.toggle("pop-right", panel.getBoundingClientRect().right > document.documentElement.clientWidth);
  },
  { capture: true },
);

function followExports(exported) {
  for (const link of document.querySelectorAll("[data-export] [download], [data-export] [data-follows], [data-export] [data-carries-list]")) {
    const url = new URL(link.href);
    if (link.matches("[download], [data-follows]")) url.search = exported;
    else url.searchParams.set("requete", exported);
    link.href = url;
  }
}

htmx.onLoad((part) => {
  if (!part.matches?.("[data-list]")) return;
  const form = document.querySelector("[data-list-form]");
  const query = new URLSearchParams(part.dataset.query);
  if (form) {
    followAddress(form, query);
    countMore(form, query);
    carryHidden(form, query);
  }
  followExports(part.dataset.exported);
  live.textContent = part.querySelector("[data-announce]")?.textContent.trim() ?? "";
});
