// <button hidden data-copy="id of a field" data-copied="Copié">: copies the field's value.
// The button only shows where it can work; the field stays there to be selected by hand.
const SAID_FOR = 2000;

const show = (root) => {
  if (!navigator.clipboard) return;
  for (const button of root.querySelectorAll("[data-copy][hidden]")) button.hidden = false;
};

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copy);
  const words = button.querySelector("span");
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    field.select();
    return;
  }
  const usual = words.textContent;
  if (usual === button.dataset.copied) return;
  words.textContent = button.dataset.copied;
  setTimeout(() => (words.textContent = usual), SAID_FOR);
});

htmx.onLoad(show);
