// A text field with bold, lists, titles and links: [data-rich-box] around <textarea data-rich>. The
// field keeps the HTML that is sent; the server cleans it again. Where there is a button for it, the
// HTML itself can be typed.
import { Editor } from "../django_prose_editor/editor.js";
import { EXTENSIONS, asHtml, hrefOf, tight } from "./rich-schema.js";

const PLACEHOLDER = /\{\{.*?\}\}|\{%.*?%\}/g;
const STATES = {
  bold: ["bold"], italic: ["italic"], underline: ["underline"], heading: ["heading", { level: 2 }],
  subheading: ["heading", { level: 3 }], bullets: ["bulletList"], numbers: ["orderedList"], link: ["link"],
};
const ACTS = {
  bold: (run) => run.toggleBold(),
  italic: (run) => run.toggleItalic(),
  underline: (run) => run.toggleUnderline(),
  heading: (run) => run.toggleHeading({ level: 2 }),
  subheading: (run) => run.toggleHeading({ level: 3 }),
  bullets: (run) => run.toggleBulletList(),
  numbers: (run) => run.toggleOrderedList(),
  link: (run) => run.unsetLink(),
};
const editors = new WeakMap();

class RichText {
  constructor(box) {
    this.field = box.querySelector("textarea[data-rich]");
    this.tools = box.querySelector("[role=toolbar]");
    this.link = box.querySelector("[data-rich-link]");
    this.label = document.getElementById(`${this.field.id}-label`);
    this.area = document.createElement("div");
    this.field.after(this.area);
    this.field.hidden = true;
    this.editor = new Editor({
      element: { mount: this.area },
      extensions: EXTENSIONS,
      content: asHtml(this.field.value),
      injectCSS: false,
      enableInputRules: false,
      enablePasteRules: ["link"],
      editorProps: {
        attributes: { class: "rich-area", "aria-multiline": "true", "aria-labelledby": this.label.id },
      },
      onUpdate: () => this.changed(),
      onTransaction: () => this.show(),
    });
    this.source = this.tools.querySelector("[data-rich-act=source]");
    this.tools.parentElement.hidden = false;
    this.listen();
    this.mark();
  }

  listen() {
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
    this.label.addEventListener("click", () => {
      if (!this.inSource) this.editor.view.focus();
    });
  }

  changed() {
    this.mark();
    this.field.value = this.editor.getText().trim() ? tight(this.editor.getHTML()) : "";
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  show() {
    for (const [act, state] of Object.entries(STATES)) {
      const button = this.tools.querySelector(`[data-rich-act=${act}]`);
      button.setAttribute("aria-pressed", this.editor.isActive(...state));
    }
  }

  get inSource() {
    return this.source?.getAttribute("aria-pressed") === "true";
  }

  toggleSource() {
    const opens = !this.inSource;
    if (!opens) this.editor.commands.setContent(asHtml(this.field.value), { emitUpdate: false });
    this.source.setAttribute("aria-pressed", opens);
    this.field.hidden = !opens;
    this.area.hidden = opens;
    this.link.hidden = true;
    for (const button of this.tools.querySelectorAll("[data-rich-act]")) {
      if (button !== this.source) button.disabled = opens;
    }
    if (opens) this.field.focus();
    else this.editor.view.focus();
    this.mark();
  }

  act(name) {
    if (name === "source") {
      this.toggleSource();
      return;
    }
    if (name === "link" && !this.editor.isActive("link")) {
      this.askLink();
      return;
    }
    this.editor.view.focus();
    ACTS[name](this.editor.chain()).run();
  }

  askLink() {
    this.link.hidden = !this.link.hidden;
    if (!this.link.hidden) this.link.querySelector("input").focus();
  }

  setLink() {
    const input = this.link.querySelector("input");
    const typed = input.value.trim();
    input.value = "";
    this.link.hidden = true;
    this.editor.view.focus();
    if (!typed) return;
    const link = { type: "link", attrs: { href: hrefOf(typed) } };
    if (this.editor.state.selection.empty) {
      this.editor.commands.insertContent({ type: "text", text: typed, marks: [link] });
    } else {
      this.editor.commands.setLink(link.attrs);
    }
  }

  insert(text) {
    if (this.inSource) {
      this.field.setRangeText(text, this.field.selectionStart, this.field.selectionEnd, "end");
      this.field.focus();
      this.field.dispatchEvent(new Event("input", { bubbles: true }));
      return;
    }
    const { view } = this.editor;
    view.focus();
    view.dispatch(view.state.tr.insertText(text).scrollIntoView());
  }

  // Placeholders and conditions stand out where the browser can colour a text without touching it.
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
