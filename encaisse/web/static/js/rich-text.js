// A text field with bold, lists, titles and links: [data-rich-box] around <textarea data-rich>. The
// field keeps the HTML that is sent; the server cleans it again.
import Squire from "../vendor/squire/squire.js";

const KEPT = new Set("A B BLOCKQUOTE BR H2 H3 I LI OL P TABLE TBODY TD TR U UL".split(" "));
const SAME = { STRONG: "B", EM: "I", H1: "H2", H4: "H3", H5: "H3", H6: "H3", TH: "TD", DIV: "P" };
const GONE = new Set("HEAD IFRAME LINK META OBJECT SCRIPT STYLE TITLE".split(" "));
const BLOCKS = /^(BLOCKQUOTE|DIV|H[1-6]|LI|OL|P|TABLE|UL)$/;
const LINKS = /^(https?:\/\/|mailto:)/i;
const PLACEHOLDER = /\{\{.*?\}\}/g;
const editors = new WeakMap();

// -- cleaning what is loaded or pasted -------------------------------------------------------------

function clean(source, target) {
  for (const node of source.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) target.append(node.data);
    else if (node.nodeType === Node.ELEMENT_NODE && !GONE.has(node.nodeName)) {
      target.append(cleaned(node));
    }
  }
  return target;
}

function cleaned(element) {
  const holdsBlocks = [...element.children].some((child) => BLOCKS.test(child.nodeName));
  const name = element.nodeName === "DIV" && holdsBlocks ? "" : (SAME[element.nodeName] ?? element.nodeName);
  const href = element.getAttribute("href") ?? "";
  if (!KEPT.has(name) || (name === "A" && !LINKS.test(href))) {
    return clean(element, document.createDocumentFragment());
  }
  const copy = document.createElement(name);
  if (name === "A") copy.href = href;
  return clean(element, copy);
}

function fragmentOf(html) {
  const parsed = document.createElement("template");
  parsed.innerHTML = html;
  return clean(parsed.content, document.createDocumentFragment());
}

function asHtml(text) {
  if (text.includes("<")) return text;
  const paragraph = (part) => {
    const holder = document.createElement("p");
    part.split("\n").forEach((line, rank) => holder.append(...(rank ? [document.createElement("br")] : []), line));
    return holder.outerHTML;
  };
  return text.split(/\n\s*\n/).map(paragraph).join("");
}

// -- the editor ------------------------------------------------------------------------------------

class RichText {
  constructor(box) {
    this.box = box;
    this.field = box.querySelector("textarea[data-rich]");
    this.area = Object.assign(document.createElement("div"), { className: "rich-area" });
    this.area.setAttribute("role", "textbox");
    this.area.setAttribute("aria-multiline", "true");
    this.area.setAttribute("aria-labelledby", `${this.field.id}-label`);
    this.field.after(this.area);
    this.field.hidden = true;
    this.editor = new Squire(this.area, {
      blockTag: "P",
      sanitizeToDOMFragment: (html) => fragmentOf(html),
    });
    this.editor.setHTML(asHtml(this.field.value));
    this.known = this.editor.getHTML();
    this.tools = box.querySelector("[role=toolbar]");
    this.tools.parentElement.hidden = false;
    this.link = box.querySelector("[data-rich-link]");
    this.listen();
    this.mark();
  }

  listen() {
    this.editor.addEventListener("input", () => this.changed());
    for (const event of ["pathChange", "select", "cursor"]) {
      this.editor.addEventListener(event, () => this.show());
    }
    this.tools.addEventListener("click", (event) => {
      const button = event.target.closest("[data-rich-act]");
      if (button) this.act(button.dataset.richAct);
    });
    this.link.querySelector("[data-rich-link-set]").addEventListener("click", () => this.setLink());
    this.link.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      this.setLink();
    });
    document.getElementById(`${this.field.id}-label`).addEventListener("click", () => this.editor.focus());
  }

  changed() {
    this.mark();
    const html = this.editor.getHTML();
    if (html === this.known) return;
    this.known = html;
    this.field.value = this.area.textContent.trim() ? html : "";
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  get states() {
    const path = this.editor.getPath();
    const has = (tag) => new RegExp(`(^|>)${tag}(>|\\.|\\[|$)`).test(path) || this.editor.hasFormat(tag);
    return {
      bold: has("B"), italic: has("I"), underline: has("U"), heading: has("H2"),
      subheading: has("H3"), bullets: has("UL"), numbers: has("OL"), link: has("A"),
    };
  }

  show() {
    for (const [act, isOn] of Object.entries(this.states)) {
      this.tools.querySelector(`[data-rich-act=${act}]`).setAttribute("aria-pressed", isOn);
    }
  }

  act(name) {
    const { editor } = this;
    const isOn = this.states[name];
    const acts = {
      bold: () => (isOn ? editor.removeBold() : editor.bold()),
      italic: () => (isOn ? editor.removeItalic() : editor.italic()),
      underline: () => (isOn ? editor.removeUnderline() : editor.underline()),
      heading: () => this.blocks(isOn ? "P" : "H2"),
      subheading: () => this.blocks(isOn ? "P" : "H3"),
      bullets: () => (isOn ? editor.removeList() : editor.makeUnorderedList()),
      numbers: () => (isOn ? editor.removeList() : editor.makeOrderedList()),
      link: () => (isOn ? editor.removeLink() : this.askLink()),
    };
    acts[name]();
    if (name !== "link" || isOn) editor.focus();
    this.show();
  }

  blocks(tag) {
    this.editor.modifyBlocks((fragment) => {
      for (const block of fragment.querySelectorAll("p, h2, h3")) {
        if (block.closest("li, td")) continue;
        const other = document.createElement(tag);
        other.append(...block.childNodes);
        block.replaceWith(other);
      }
      return fragment;
    });
  }

  askLink() {
    this.selection = this.editor.getSelection();
    this.link.hidden = !this.link.hidden;
    if (!this.link.hidden) this.link.querySelector("input").focus();
  }

  setLink() {
    const input = this.link.querySelector("input");
    const typed = input.value.trim();
    const address = typed.includes("@") && !typed.includes("/") ? `mailto:${typed}` : typed;
    const url = LINKS.test(address) ? address : `https://${address}`;
    if (this.selection) this.editor.setSelection(this.selection);
    if (typed) this.editor.makeLink(url);
    input.value = "";
    this.link.hidden = true;
    this.editor.focus();
  }

  insert(text) {
    this.editor.focus();
    this.editor.insertPlainText(text, true);
  }

  // Placeholders stand out where the browser can colour a text without touching it.
  mark() {
    if (!window.CSS?.highlights || !window.Highlight) return;
    const ranges = [];
    const walker = document.createTreeWalker(this.area, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      for (const found of walker.currentNode.data.matchAll(PLACEHOLDER)) {
        const range = new Range();
        range.setStart(walker.currentNode, found.index);
        range.setEnd(walker.currentNode, found.index + found[0].length);
        ranges.push(range);
      }
    }
    CSS.highlights.set("placeholder", new Highlight(...ranges));
  }
}

export function editorOf(field) {
  return editors.get(field);
}

htmx.onLoad((part) => {
  for (const box of part.querySelectorAll?.("[data-rich-box]") ?? []) {
    const field = box.querySelector("textarea[data-rich]");
    if (!editors.has(field)) editors.set(field, new RichText(box));
  }
});
document.addEventListener("htmx:beforeCleanupElement", (event) => {
  editors.get(event.target)?.editor.destroy();
});
