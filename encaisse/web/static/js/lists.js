// Lists: the address stays short, the filter form follows the address, the result is announced.
const live = document.getElementById("live");

document.addEventListener("htmx:configRequest", (event) => {
  if (!event.detail.elt.matches?.("[data-list-form]")) return;
  const parameters = event.detail.parameters;
  for (const key of [...new Set(Object.keys(parameters))]) {
    if (parameters[key] === "") delete parameters[key];
  }
});

// What is typed has been applied already when the field is left for a chip or a heading.
for (const field of document.querySelectorAll("[data-list-form] [type=search]")) {
  field.addEventListener("change", (event) => event.stopPropagation());
}

function followAddress(form, query) {
  for (const field of form.elements) {
    if (!field.name || field === document.activeElement || field.dataset.listHidden !== undefined) continue;
    if (field.type === "checkbox") field.checked = query.get(field.name) === field.value;
    else field.value = query.get(field.name) ?? "";
  }
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

htmx.onLoad((part) => {
  if (!part.matches?.("[data-list]")) return;
  const form = document.querySelector("[data-list-form]");
  const query = new URLSearchParams(part.dataset.query);
  if (form) {
    followAddress(form, query);
    carryHidden(form, query);
  }
  live.textContent = part.querySelector("[data-announce]")?.textContent.trim() ?? "";
});
