// Notes: « @ » offers the colleagues who may see the customer. The text alone is what counts.
const NAME = /(^|[\s(])@([\p{L}\p{M}'’.-]*(?: [\p{L}\p{M}'’.-]*)?)$/u;

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

class Offer {
  constructor(field) {
    this.field = field;
    this.names = [...(document.getElementById("colleagues")?.options ?? [])].map((one) => one.value);
    this.menu = document.createElement("ul");
    this.menu.className = "mention-menu";
    this.menu.role = "listbox";
    this.menu.id = `${field.id}-names`;
    this.menu.hidden = true;
    field.after(this.menu);
    field.setAttribute("aria-controls", this.menu.id);
    field.setAttribute("aria-autocomplete", "list");
    field.addEventListener("input", () => this.update());
    field.addEventListener("keydown", (event) => this.key(event));
    field.addEventListener("blur", () => this.close());
    this.menu.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      const entry = event.target.closest("[role=option]");
      if (entry) this.take(entry.textContent);
    });
  }

  update() {
    const before = this.field.value.slice(0, this.field.selectionStart);
    const typed = NAME.exec(before)?.[2];
    const found = typed === undefined ? [] : this.matching(typed);
    if (!found.length) return this.close();
    this.typed = typed;
    this.menu.replaceChildren(...found.map((name, rank) => this.entry(name, rank)));
    this.menu.hidden = false;
    this.point(0);
  }

  matching(typed) {
    const words = fold(typed);
    return this.names.filter((name) => fold(name) !== words && ` ${fold(name)}`.includes(` ${words}`)).slice(0, 6);
  }

  entry(name, rank) {
    const entry = document.createElement("li");
    entry.role = "option";
    entry.id = `${this.menu.id}-${rank}`;
    entry.textContent = name;
    return entry;
  }

  point(rank) {
    this.rank = rank;
    [...this.menu.children].forEach((entry, at) => entry.setAttribute("aria-selected", at === rank));
    this.field.setAttribute("aria-activedescendant", this.menu.children[rank].id);
  }

  key(event) {
    if (this.menu.hidden) return;
    const last = this.menu.children.length - 1;
    const steps = {
      ArrowDown: () => this.point(this.rank < last ? this.rank + 1 : 0),
      ArrowUp: () => this.point(this.rank > 0 ? this.rank - 1 : last),
      Enter: () => this.take(this.menu.children[this.rank].textContent),
      Tab: () => this.take(this.menu.children[this.rank].textContent),
      Escape: () => this.close(),
    };
    if (!steps[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    steps[event.key]();
  }

  take(name) {
    const end = this.field.selectionStart;
    this.field.setRangeText(`${name} `, end - this.typed.length, end, "end");
    this.close();
  }

  close() {
    this.menu.hidden = true;
    this.field.removeAttribute("aria-activedescendant");
  }
}

htmx.onLoad((part) => {
  const fields = part.matches?.("[data-mentions]") ? [part] : part.querySelectorAll?.("[data-mentions]");
  for (const field of fields ?? []) if (!field.hasAttribute("aria-controls")) new Offer(field);
});
