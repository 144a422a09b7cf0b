// The page's script: filters, arrow keys, and pages within the page. Whatever it
// does can be done without it by scrolling.
"use strict";

/** All elements within `root`, as a list. */
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

const form = document.querySelector("form.filters");
const dialog = document.querySelector("dialog");
// Where scripts run, what is in a noscript is text: no page costs anything until
// it is opened.
const pages = new Map(
  all("noscript[data-page]").map((page) => [page.dataset.page, page]),
);
const lines = all("tr[data-claim]").map((line) => ({
  line,
  cells: all("td", line),
  words: `${line.querySelector("th").textContent} ${line.dataset.words}`
    .toLowerCase(),
}));
const parts = all("[data-kernel]");
const shared = all("[data-kernels]");

/** Shows the claims and the kernels that the filters leave. */
function filter() {
  const asked = new FormData(form);
  const words = asked.get("text").toLowerCase().split(/\s+/);
  const kernel = asked.get("kernel");
  const verdicts = asked.getAll("verdict");
  for (const part of parts) {
    part.hidden = kernel !== "" && part.dataset.kernel !== kernel;
  }
  for (const part of shared) {
    const kernels = part.dataset.kernels.split(" ");
    part.hidden = kernel !== "" && !kernels.includes(kernel);
  }
  let shown = 0;
  for (const { line, cells, words: has } of lines) {
    const seen = cells.filter((cell) => !cell.hidden)
      .map((cell) => cell.dataset.verdict);
    const all = cells.map((cell) => cell.dataset.verdict);
    const isShown = words.every((word) => has.includes(word)) &&
      (verdicts.length === 0 || seen.some((one) => verdicts.includes(one))) &&
      (!asked.has("differs") || new Set(all).size > 1);
    line.hidden = !isShown;
    if (isShown) shown++;
  }
  for (const body of all(".matrix tbody")) {
    body.hidden = all("tr[data-claim]", body).every(({ hidden }) => hidden);
  }
  form.querySelector("output").textContent =
    `${shown} of ${lines.length} claims`;
  enter();
}

/** Lets the Tab key stop at one cell of the matrix only. */
function enter(cell = links()[0]) {
  for (const link of all(".matrix td a")) link.tabIndex = -1;
  if (cell !== undefined) cell.tabIndex = 0;
}

/** The cells that are shown, in their order. */
function links() {
  return all(".matrix tbody:not([hidden]) tr:not([hidden]) td:not([hidden]) a");
}

/** Moves from a cell to the next one in a direction. */
function move(from, key) {
  const line = from.closest("tr");
  const column = all("td", line).indexOf(from.closest("td"));
  const shown = lines.filter(({ line }) => !line.hidden);
  const row = shown.findIndex((one) => one.line === line);
  const own = all("td:not([hidden]) a", line);
  const at = own.indexOf(from);
  const next = {
    ArrowLeft: () => own[at - 1],
    ArrowRight: () => own[at + 1],
    ArrowUp: () => shown[row - 1]?.cells[column].querySelector("a"),
    ArrowDown: () => shown[row + 1]?.cells[column].querySelector("a"),
    Home: () => own[0],
    End: () => own.at(-1),
  }[key]?.();
  if (!next) return false;
  enter(next);
  next.focus();
  return true;
}

/** The name in an address: a page's, or a page's and a kernel's in it. */
const nameIn = (hash) => decodeURIComponent(hash.slice(1));

/** The page that a name is of or in; undefined for other parts of the document. */
const pageOf = (name) => pages.get(name.split("@")[0]);

/** Opens the page that the address names, at the place that it names. */
function open() {
  const name = nameIn(location.hash);
  const page = pageOf(name);
  if (page === undefined) return dialog.close();
  const place = dialog.querySelector(".page");
  place.innerHTML = page.textContent; // all that it holds is escaped
  place.querySelector("h3").id = "page-title";
  const kernel = form === null ? "" : form.elements.kernel.value;
  for (const part of all("details[data-kernel]", place)) {
    part.open = part.id === name ||
      (!name.includes("@") && part.dataset.kernel === kernel);
  }
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
  const target = document.getElementById(name);
  if (name.includes("@")) target?.scrollIntoView({ block: "center" });
}

dialog.addEventListener("close", () => {
  if (pageOf(nameIn(location.hash)) === undefined) return;
  history.replaceState(null, "", location.pathname + location.search);
});
dialog.querySelector(".close").addEventListener("click", () => dialog.close());
dialog.addEventListener("click", ({ target }) => {
  if (target === dialog) dialog.close();
});
addEventListener("hashchange", open);
addEventListener("click", (event) => {
  const link = event.target.closest?.('a[href^="#"]');
  if (!link || pageOf(nameIn(link.hash)) === undefined) return;
  // Going there would take the focus from the link, to which it is to return.
  event.preventDefault();
  history.pushState(null, "", link.hash);
  open();
});
addEventListener("keydown", (event) => {
  if (event.key === "/" && !event.target.matches("input, select")) {
    event.preventDefault();
    form?.elements.text.focus();
  } else if (
    event.target.matches?.(".matrix td a") && move(event.target, event.key)
  ) event.preventDefault();
});

if (form !== null) {
  form.hidden = false;
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  filter();
}
open();
