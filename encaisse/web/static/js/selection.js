// Ticking rows over all pages. The address carries it: choix=1&choix=2, or choix=tous&sauf=3.
const CARRIERS = ".pager a, .sort, [data-carries]";

// What the rows seen so far are worth, by id: a sum over pages needs them all.
const seen = new Map();

const worthOf = (text) => text.trim().split(/\s+/).filter(Boolean).map((pair) => {
  const [currency, minor] = pair.split(":");
  return [currency, Number(minor)];
});

function written(currency, minor) {
  const format = new Intl.NumberFormat(document.documentElement.lang, { style: "currency", currency });
  return format.format(minor / 10 ** format.resolvedOptions().maximumFractionDigits);
}

class Choice {
  constructor(list) {
    this.list = list;
    this.bar = list.querySelector("[data-selection]");
    this.boxes = [...list.querySelectorAll("[data-select]")];
    this.page = list.querySelector("[data-select-page]");
    const query = new URLSearchParams(list.dataset.query);
    this.all = query.getAll("choix").includes("tous");
    this.ids = new Set(query.getAll(this.all ? "sauf" : "choix"));
    for (const box of this.boxes) seen.set(box.value, worthOf(box.dataset.worth ?? ""));
    list.addEventListener("change", (event) => this.tick(event.target));
    // htmx reads the address of a link once, before the first tick.
    list.addEventListener("htmx:configRequest", (event) => {
      if (event.detail.elt.matches(CARRIERS)) event.detail.path = event.detail.elt.href;
    });
    this.bar.querySelector("[data-select-all]")?.addEventListener("click", () => this.set(true));
    this.bar.querySelector("[data-select-none]").addEventListener("click", () => this.set(false));
    this.show();
  }

  set(all) {
    this.all = all;
    this.ids.clear();
    this.show();
  }

  tick(box) {
    const boxes = box === this.page ? this.boxes : this.boxes.includes(box) ? [box] : [];
    for (const one of boxes) this.ids[box.checked === this.all ? "delete" : "add"](one.value);
    if (boxes.length) this.show();
  }

  show() {
    for (const box of this.boxes) box.checked = this.ids.has(box.value) !== this.all;
    const ticked = this.boxes.filter((box) => box.checked).length;
    if (this.page) {
      this.page.checked = ticked > 0 && ticked === this.boxes.length;
      this.page.indeterminate = ticked > 0 && ticked < this.boxes.length;
    }
    const total = Number(this.bar.dataset.total);
    const count = this.all ? total - this.ids.size : this.ids.size;
    this.bar.hidden = !count && !("stays" in this.bar.dataset);
    this.bar.classList.toggle("selection-empty", !count);
    this.sum();
    for (const place of document.querySelectorAll("[data-selected]")) place.textContent = count;
    for (const action of document.querySelectorAll("[data-needs-selection]")) action.disabled = !count;
    this.carry();
  }

  // Nothing when some of it was never seen: a wrong sum is worse than none.
  sum() {
    const place = this.bar.querySelector("[data-selected-worth]");
    const whole = this.bar.querySelector("[data-worth]")?.dataset.worth;
    const isKnown = [...this.ids].every((id) => seen.has(id)) && (!this.all || whole !== undefined);
    const sums = new Map(this.all && isKnown ? worthOf(whole) : []);
    for (const [currency, minor] of isKnown ? [...this.ids].flatMap((id) => seen.get(id)) : []) {
      sums.set(currency, (sums.get(currency) ?? 0) + (this.all ? -minor : minor));
    }
    const words = [...sums].filter(([, minor]) => minor).map((one) => written(...one));
    place.textContent = ["", ...words].join(" · ");
    place.hidden = !words.length;
  }

  write(query) {
    query.delete("choix");
    query.delete("sauf");
    if (this.all) query.append("choix", "tous");
    for (const id of this.ids) query.append(this.all ? "sauf" : "choix", id);
    return query;
  }

  // Links that keep the list's filters keep the selection too; a filter starts it anew.
  carry() {
    const here = new URL(location);
    this.write(here.searchParams);
    history.replaceState(history.state, "", here);
    for (const carrier of this.list.querySelectorAll(CARRIERS)) {
      const place = carrier.matches("form") ? "action" : "href";
      const url = new URL(carrier[place]);
      this.write(url.searchParams);
      carrier[place] = url;
    }
  }
}

htmx.onLoad((part) => {
  const list = part.matches?.("[data-list]") ? part : part.querySelector?.("[data-list]");
  if (list?.querySelector("[data-selection]")) new Choice(list);
});
