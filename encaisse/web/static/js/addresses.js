// E-mail addresses of a field: <textarea data-addresses data-remove="…" data-wrong="…">, one a line.
// Each is taken on comma, Enter, paste or when the field is left, and can be dropped.
// data-names: names instead, which may hold spaces. data-word, data-word-label: a word that stands
// for addresses, and what its chip says.
const separators = /[\s,;]+/;
// « Marie Dupont <marie@dupont.fr> »: the address alone.
const named = /[^,;\n<>]*<([^<>\s]+)>/g;
const addressesIn = (text) => text.replace(named, " $1 ").split(separators).filter(Boolean);
const namesIn = (text) => text.split(/[,;\n]+/).map((name) => name.trim()).filter(Boolean);

class Addresses {
  constructor(field) {
    this.field = field;
    this.isNames = "names" in field.dataset;
    this.list = Object.assign(document.createElement("ul"), { className: "addresses-list" });
    this.input = Object.assign(document.createElement("input"), {
      type: "text", inputMode: this.isNames ? "text" : "email", id: field.id, autocomplete: "off", placeholder: field.placeholder,
    });
    for (const name of ["aria-describedby", "aria-invalid"]) {
      if (field.hasAttribute(name)) this.input.setAttribute(name, field.getAttribute(name));
    }
    if (field.dataset.list) this.input.setAttribute("list", field.dataset.list);
    field.removeAttribute("id");
    field.hidden = true;
    const box = Object.assign(document.createElement("div"), { className: "addresses" });
    box.append(this.list, this.input);
    field.after(box);
    this.input.addEventListener("blur", () => this.take());
    this.input.addEventListener("keydown", (event) => this.press(event));
    this.input.addEventListener("paste", () => setTimeout(() => this.take()));
    this.offer();
    this.show();
  }

  read(text) {
    return this.isNames ? namesIn(text) : addressesIn(text);
  }

  get addresses() {
    return this.read(this.field.value);
  }

  set addresses(found) {
    this.field.value = [...new Set(found)].join("\n");
    this.field.dispatchEvent(new Event("change", { bubbles: true }));
    this.show();
  }

  press(event) {
    if (["Enter", ",", ";"].includes(event.key) && this.input.value.trim()) {
      event.preventDefault();
      this.take();
    } else if (event.key === "Backspace" && !this.input.value) {
      this.addresses = this.addresses.slice(0, -1);
    }
  }

  take() {
    const typed = this.read(this.input.value);
    if (!typed.length) return;
    this.input.value = "";
    this.addresses = [...this.addresses, ...typed];
  }

  show() {
    const addresses = this.addresses;
    this.list.replaceChildren(...addresses.map((address) => this.chip(address)));
    for (const button of this.buttons) button.hidden = addresses.includes(button.value);
  }

  // What adds an address with a click: <button data-adds-to="name of the field" value="address">.
  get buttons() {
    return this.field.form.querySelectorAll(`[data-adds-to="${this.field.name}"]`);
  }

  offer() {
    for (const button of this.buttons) {
      button.addEventListener("click", (event) => {
        event.preventDefault();
        this.addresses = [...this.addresses, button.value];
        this.input.focus();
      });
    }
  }

  chip(address) {
    const probe = Object.assign(document.createElement("input"), { type: "email", value: address });
    const isWord = address === this.field.dataset.word;
    const item = document.createElement("li");
    item.append(isWord ? this.field.dataset.wordLabel : address);
    if (!this.isNames && !isWord && !probe.validity.valid) {
      item.className = "address-wrong";
      item.title = this.field.dataset.wrong;
    }
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: "×" });
    button.setAttribute("aria-label", `${this.field.dataset.remove} ${address}`);
    button.addEventListener("click", () => {
      this.addresses = this.addresses.filter((other) => other !== address);
      this.input.focus();
    });
    item.append(button);
    return item;
  }
}

htmx.onLoad((part) => {
  const fields = part.querySelectorAll?.("textarea[data-addresses]") ?? [];
  for (const field of fields) new Addresses(field);
});
