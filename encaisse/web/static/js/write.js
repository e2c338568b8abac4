// Writing to a customer, or the text of a template: the preview of the message, placeholders put in at the cursor, files on
// their way, and a word before a text that was edited is replaced.
import { editorOf } from "./rich-text.js";

const form = document.getElementById("write-form");
const shower = document.querySelector("[data-shows-content]");
const texts = () => form.querySelector("[data-texts]");

// -- the content, in a frame that can do nothing ---------------------------------------------------

// A new frame each time: the browser's history keeps none of them, and the old one stays until the
// new one is there.
function showContent() {
  const frames = document.querySelector("[data-frames]");
  const frame = document.createElement("iframe");
  frame.name = `apercu-${Date.now()}`;
  frame.title = frames.dataset.title;
  frame.className = "preview-mail preview-coming";
  frame.setAttribute("sandbox", "");
  frames.append(frame);
  frame.addEventListener("load", () => {
    if (!frame.isConnected) return;
    frame.classList.remove("preview-coming");
    while (frames.firstElementChild !== frame) frames.firstElementChild.remove();
  });
  shower.formTarget = frame.name;
  form.requestSubmit(shower);
}

htmx.onLoad((part) => {
  if (!shower) return;
  shower.hidden = true;
  const frames = document.querySelector("[data-frames]");
  const ready = document.querySelector("#write-preview [data-content-ready]");
  frames.hidden = !ready;
  if (ready && (part.contains(ready) || part === ready)) showContent();
});

// -- the form --------------------------------------------------------------------------------------

form.querySelector(".field-error")?.scrollIntoView({ block: "center" });

// Enter in a field is no order to send.
form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("input:not([type=checkbox], [type=radio])")) {
    event.preventDefault();
  }
});

form.addEventListener("input", (event) => {
  if (event.target.closest("[data-texts]")) texts().dataset.typed = "";
});

htmx.onLoad(() => {
  for (const select of form.querySelectorAll("[data-changes-text] select")) {
    select.dataset.before ??= select.value;
  }
});

document.addEventListener("htmx:confirm", (event) => {
  const chooser = event.detail.elt;
  if (!chooser.matches("[data-changes-text]") || !texts() || !("typed" in texts().dataset)) return;
  if (window.confirm(chooser.dataset.confirm)) return;
  event.preventDefault();
  for (const select of chooser.querySelectorAll("select")) select.value = select.dataset.before;
});

// -- placeholders ----------------------------------------------------------------------------------

let last = null;
form.addEventListener("focusin", (event) => {
  if (event.target.matches("[name=subject], .rich-area")) last = event.target;
});

function insert(text) {
  if (last?.isConnected && last.name === "subject") {
    last.setRangeText(text, last.selectionStart, last.selectionEnd, "end");
    last.focus();
    last.dispatchEvent(new Event("input", { bubbles: true }));
    return;
  }
  editorOf(form.querySelector("textarea[data-rich]")).insert(text);
}

form.addEventListener("click", (event) => {
  const chosen = event.target.closest("[data-inserts]");
  if (!chosen) return;
  chosen.closest("details").open = false;
  insert(chosen.dataset.inserts);
});

const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

form.addEventListener("input", (event) => {
  if (!event.target.matches("[data-placeholder-search]")) return;
  event.stopPropagation();
  const list = event.target.closest(".pop-body");
  const words = folded(event.target.value).split(/\s+/).filter(Boolean);
  for (const entry of list.querySelectorAll("[data-inserts]")) {
    const text = folded(entry.textContent);
    entry.hidden = !words.every((word) => text.includes(word));
  }
  for (const group of list.querySelectorAll("[data-placeholder-group]")) {
    group.hidden = !group.querySelector("[data-inserts]:not([hidden])");
  }
  list.querySelector("[data-placeholder-none]").hidden = !!list.querySelector("[data-inserts]:not([hidden])");
}, true);

// -- files -----------------------------------------------------------------------------------------

form.addEventListener("htmx:xhr:progress", (event) => {
  const bar = event.target.closest("[data-joined]")?.querySelector("progress");
  if (!bar || !event.detail.lengthComputable) return;
  bar.hidden = false;
  bar.value = (100 * event.detail.loaded) / event.detail.total;
});
