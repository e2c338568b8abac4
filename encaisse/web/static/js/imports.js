// The import screens: dropping a file, seeing which column is what, changing what a file holds.
function refuse(form, reason) {
  form.querySelector("[data-drop-reason]").textContent = reason;
  form.querySelector("[data-drop-refusal]").hidden = false;
  form.querySelector("[data-drop-progress]").hidden = true;
  form.querySelector("[data-drop-input]").value = "";
  form.classList.remove("drop-busy");
}

function take(form, files) {
  const input = form.querySelector("[data-drop-input]");
  if (!files.length) return;
  if (files !== input.files) input.files = files;
  const [first, ...others] = input.multiple ? input.files : [input.files[0]];
  const size = others.reduce((sum, file) => sum + file.size, first.size);
  if (size > Number(form.dataset.maxBytes)) {
    refuse(form, form.querySelector("[data-drop-too-large]").content.textContent);
    return;
  }
  form.querySelector("[data-drop-name]").textContent = others.length ? `${first.name} + ${others.length}` : first.name;
  form.querySelector("[data-drop-refusal]").hidden = true;
  form.querySelector("[data-drop-progress]").hidden = false;
  form.classList.add("drop-busy");
  form.requestSubmit();
}

function bindDrop(form) {
  const input = form.querySelector("[data-drop-input]");
  form.classList.add("drop-live");
  input.addEventListener("change", () => take(form, input.files));
  for (const name of ["dragenter", "dragover"]) {
    form.addEventListener(name, (event) => {
      event.preventDefault();
      form.classList.add("drop-over");
    });
  }
  form.addEventListener("dragleave", (event) => {
    if (!form.contains(event.relatedTarget)) form.classList.remove("drop-over");
  });
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("drop-over");
    take(form, event.dataTransfer.files);
  });
  form.addEventListener("htmx:xhr:progress", (event) => {
    const { loaded, total } = event.detail;
    if (total) form.querySelector("progress").value = (100 * loaded) / total;
  });
  const cut = () => refuse(form, form.querySelector("[data-drop-cut]").content.textContent);
  form.addEventListener("htmx:sendError", cut);
  form.addEventListener("htmx:responseError", cut);
}

function showColumns(root) {
  const selects = [...root.querySelectorAll("[data-mapped]")];
  for (const place of root.querySelectorAll("[data-column]")) {
    const found = selects.find((select) => select.value === place.dataset.column);
    place.textContent = found ? found.dataset.mapped : "";
    place.hidden = !found;
  }
}

htmx.onLoad((part) => {
  const drops = part.matches?.("[data-drop]") ? [part] : part.querySelectorAll?.("[data-drop]") ?? [];
  for (const drop of drops) bindDrop(drop);
  if (part.querySelector?.("[data-mapped]")) {
    showColumns(document);
    document.addEventListener("change", () => showColumns(document));
  }
  for (const select of part.querySelectorAll?.("[data-submits]") ?? []) {
    select.form.classList.add("submits-itself");
    select.addEventListener("change", () => select.value && select.form.requestSubmit());
  }
});
