// A step's list: a tick asks the server for the new number and amount; entries unfold below a line;
// pages, sorts and searches carry what is ticked, which stands in the bar's hidden fields.
const PARAMETERS = ["hors", "dont", "sans"];
const bar = () => document.getElementById("plan-bar");
const ticks = () => [...document.querySelectorAll("#list [data-tick][name=coche]:not(:disabled)")];

function showPage() {
  const box = bar()?.querySelector("[data-tick-page]");
  if (!box) return;
  const all = ticks();
  const ticked = all.filter((tick) => tick.checked).length;
  box.checked = ticked > 0 && ticked === all.length;
  box.indeterminate = ticked > 0 && ticked < all.length;
  box.closest("[hidden]")?.removeAttribute("hidden");
}

document.addEventListener("change", (event) => {
  const isPage = event.target.matches("[data-tick-page]");
  if (isPage) for (const tick of ticks()) tick.checked = event.target.checked;
  if (isPage || event.target.matches("[data-tick]")) {
    htmx.trigger(bar().querySelector("[data-tick-sender]"), "ticked");
    showPage();
  }
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-unfolds]");
  if (!link) return;
  const row = document.getElementById(link.dataset.unfolds);
  const open = row.hidden || !("loaded" in row.dataset);
  link.setAttribute("aria-expanded", open);
  if ("loaded" in row.dataset) row.hidden = !open;
});
document.addEventListener("htmx:confirm", (event) => {
  const row = document.getElementById(event.detail.elt.dataset?.unfolds);
  if (row && "loaded" in row.dataset) event.preventDefault();
});

document.addEventListener("htmx:configRequest", (event) => {
  const { elt, parameters } = event.detail;
  if (!bar() || elt.closest("#plan-bar")) return;
  const chosen = [...bar().querySelectorAll("[data-choice]")]
    .filter((field) => field.value)
    .map((field) => [field.name, field.value]);
  if (elt.matches("[data-list-form]")) {
    for (const name of PARAMETERS) delete parameters[name];
    for (const [name, value] of chosen) parameters[name] = value;
  } else if (elt.matches(".pager a, .sort, .chip, .list-menus a")) {
    const url = new URL(elt.href);
    for (const name of PARAMETERS) url.searchParams.delete(name);
    for (const [name, value] of chosen) url.searchParams.set(name, value);
    event.detail.path = url.pathname + url.search;
  }
});

htmx.onLoad(showPage);
