// The board of expected receipts. A card moves by mouse, by touch on its grip, and by keyboard:
// Space on the grip, arrows, Space. Ticked cards move together. The form does the same without this.
const SLACK = 5;
const EDGE = 56;
const STEP = 12;

const live = document.getElementById("live");
const board = () => document.querySelector("[data-board]");
const form = () => document.getElementById("move");
const columns = () => [...board().querySelectorAll("[data-column]")];
const title = (column) => column.querySelector("[data-column-title]").textContent.trim();
const ticked = () => [...board().querySelectorAll("[data-card]:has(.piece-tick:checked)")];
const say = (words, ...values) => {
  live.textContent = words.replace(/%(\d)/g, (_place, number) => values[number - 1]);
};

let pressed = null; // where a pointer went down, until it moves far enough
let lift = null; // what is being moved: { cards, from, over, ghost, grip }

// -- taking, carrying, dropping -----------------------------------------------------------------

function take(card) {
  const together = ticked();
  const cards = together.includes(card) ? together : [card];
  const from = card.closest("[data-column]");
  lift = { cards, from, over: from, ghost: null, grip: card.querySelector("[data-grip]") };
  for (const one of cards) one.classList.add("is-lifted");
  board().classList.add("is-moving");
}

function carry(column) {
  if (!column || column === lift.over) return;
  lift.over.classList.remove("is-target");
  lift.over = column;
  if (column !== lift.from || lift.cards.length > 1) column.classList.add("is-target");
}

function putBack() {
  for (const one of lift.cards) one.classList.remove("is-lifted");
  lift.over.classList.remove("is-target");
  lift.ghost?.remove();
  board().classList.remove("is-moving");
  lift = null;
}

function cancel() {
  putBack();
  say(board().dataset.cancelled);
}

async function drop() {
  const { cards, from, over } = lift;
  putBack();
  if (over === from && cards.length === 1) return;
  const ids = [...new Set(cards.map((card) => card.dataset.card))];
  const key = over.dataset.column;
  say(board().dataset.dropped, title(over));
  await htmx.ajax("POST", form().getAttribute("action"), {
    target: "#list",
    swap: "outerHTML",
    values: { choix: ids, semaine: key },
  });
  const column = document.querySelector(`[data-column="${key}"]`);
  const place = column?.querySelector(`[data-card="${ids[0]}"] [data-grip]`);
  (place ?? column?.querySelector("[data-column-title]"))?.focus({ preventScroll: false });
}

// -- by keyboard --------------------------------------------------------------------------------

function takeByKey(card) {
  take(card);
  const what = lift.cards.length > 1 ? board().dataset.several.replace("%1", lift.cards.length) : card.dataset.words;
  say(board().dataset.lifted, what);
}

function stepBy(step) {
  const all = columns();
  const place = Math.min(Math.max(all.indexOf(lift.over) + step, 0), all.length - 1);
  carry(all[place]);
  all[place].scrollIntoView({ block: "nearest", inline: "nearest" });
  say(board().dataset.over, title(all[place]), place + 1, all.length);
}

const KEYS = {
  ArrowLeft: () => stepBy(-1),
  ArrowRight: () => stepBy(1),
  Escape: cancel,
  " ": drop,
  Enter: drop,
};

document.addEventListener("keydown", (event) => {
  const grip = event.target.closest?.("[data-grip]");
  if (!lift && grip && event.key === " ") {
    event.preventDefault();
    takeByKey(grip.closest("[data-card]"));
  } else if (lift && KEYS[event.key]) {
    event.preventDefault();
    KEYS[event.key]();
  }
});
document.addEventListener("focusout", (event) => {
  if (lift && !lift.ghost && event.target === lift.grip) cancel();
});

// -- by mouse or touch --------------------------------------------------------------------------

function isHandle(event) {
  const grip = event.target.closest("[data-grip]");
  if (grip || event.pointerType !== "mouse") return Boolean(grip);
  return !event.target.closest("input, button");
}

function showGhost({ clientX, clientY }) {
  const [first] = lift.cards;
  const ghost = document.createElement("div");
  ghost.className = "board-ghost";
  ghost.textContent = lift.cards.length > 1 ? board().dataset.several.replace("%1", lift.cards.length) : first.dataset.words;
  document.body.append(ghost);
  lift.ghost = ghost;
  follow(clientX, clientY);
  requestAnimationFrame(scrollNearEdges);
}

function follow(x, y) {
  lift.x = x;
  lift.y = y;
  lift.ghost.style.transform = `translate(${x + 12}px, ${y + 12}px)`;
  carry(document.elementFromPoint(x, y)?.closest("[data-column]"));
}

function scrollNearEdges() {
  if (!lift?.ghost) return;
  const { left, right } = board().getBoundingClientRect();
  if (lift.x < left + EDGE) board().scrollLeft -= STEP;
  else if (lift.x > Math.min(right, innerWidth) - EDGE) board().scrollLeft += STEP;
  if (lift.y < EDGE * 2) scrollBy(0, -STEP);
  else if (lift.y > innerHeight - EDGE) scrollBy(0, STEP);
  requestAnimationFrame(scrollNearEdges);
}

document.addEventListener("pointerdown", (event) => {
  const card = event.target.closest?.("[data-board] [data-card]");
  if (card && form() && event.button === 0 && !lift && isHandle(event)) {
    pressed = { card, x: event.clientX, y: event.clientY };
  }
});
document.addEventListener("pointermove", (event) => {
  if (pressed && Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) > SLACK) {
    take(pressed.card);
    pressed = null;
    showGhost(event);
  } else if (lift?.ghost) {
    follow(event.clientX, event.clientY);
  }
});
document.addEventListener("pointerup", () => {
  pressed = null;
  if (!lift?.ghost) return;
  // The click that ends a drag opens nothing.
  const swallow = (event) => {
    event.preventDefault();
    event.stopPropagation();
  };
  document.addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => document.removeEventListener("click", swallow, { capture: true }));
  drop();
});
document.addEventListener("pointercancel", () => {
  pressed = null;
  if (lift?.ghost) cancel();
});
document.addEventListener("dragstart", (event) => {
  if (event.target.closest?.("[data-board]")) event.preventDefault();
});

// -- ticking ------------------------------------------------------------------------------------

function showTicked() {
  if (!board() || !form()) return;
  const boxes = [...board().querySelectorAll(".piece-tick:checked")];
  const { currency } = board().dataset;
  const format = new Intl.NumberFormat(document.documentElement.lang, { style: "currency", currency });
  const minor = boxes.reduce((sum, box) => sum + Number(box.dataset.minor), 0);
  const digits = format.resolvedOptions().maximumFractionDigits;
  form().querySelector("[data-move-number]").textContent = boxes.length;
  form().querySelector("[data-move-amount]").textContent = format.format(minor / 10 ** digits);
  form().querySelector("[data-move-count]").hidden = !boxes.length;
  form().querySelector("[data-move-none]").hidden = !boxes.length;
  form().querySelector("[data-move-help]").hidden = boxes.length > 0;
  form().classList.toggle("is-on", boxes.length > 0);
}

document.addEventListener("change", (event) => {
  if (event.target.matches(".piece-tick")) showTicked();
});
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-move-none]")) return;
  for (const box of board().querySelectorAll(".piece-tick:checked")) box.checked = false;
  showTicked();
});

// -- the board that replaces itself stays where it was ------------------------------------------

let scrolled = 0;
document.addEventListener("htmx:beforeSwap", () => (scrolled = board()?.scrollLeft ?? 0));
htmx.onLoad((part) => {
  if (!part.matches?.("[data-list]") || !board()) return;
  board().scrollLeft = scrolled;
  showTicked();
});
