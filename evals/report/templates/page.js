const filters = [...document.querySelectorAll("select[data-filter]")];
const cards = [...document.querySelectorAll(".card")];
function show() {
  for (const card of cards)
    card.hidden = filters.some((one) => one.value && card.dataset[one.dataset.filter] !== one.value);
  for (const section of document.querySelectorAll("section[data-cards]")) {
    const all = [...section.querySelectorAll(".card")], left = all.filter((card) => !card.hidden).length;
    section.querySelector(".count").textContent = left === all.length ? left : `${left} of ${all.length}`;
  }
}
for (const one of filters) one.addEventListener("change", show);
const bar = document.querySelector(".filters");
if (bar) { bar.hidden = false; show(); }
addEventListener("beforeprint", () => { for (const one of document.querySelectorAll("section.looked details.card")) one.open = true; });
