// A row of sections wider than the screen is turned to the open one.
for (const row of document.querySelectorAll(".sections")) {
  const open = row.querySelector("[aria-current]")?.getBoundingClientRect();
  const place = row.getBoundingClientRect();
  if (open) row.scrollLeft += open.left - place.left - (place.width - open.width) / 2;
}
