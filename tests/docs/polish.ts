/**
 * A page as Markdown made it becomes one of the site: headings can be linked
 * to, links lead to the site's places, marks tell what became of their claims,
 * and what is wide can be scrolled by who has no mouse.
 *
 * @module
 */
import { DOMParser } from "npm:linkedom@^0.18.12";
import type { Proof } from "./marks.ts";
import { linkOnSite, type Page, type Places } from "./pages.ts";

/** What is used of an element. */
interface Element {
  id: string;
  className: string;
  textContent: string;
  innerHTML: string;
  outerHTML: string;
  readonly tagName: string;
  readonly parentElement: Element;
  getAttribute(name: string): string | null;
  setAttribute(name: string, value: string): void;
  querySelectorAll(selector: string): Iterable<Element>;
  querySelector(selector: string): Element | null;
}

/** What the page is made of. */
export interface Polish {
  readonly page: Page;
  readonly places: Places;
  readonly proofs: ReadonlyMap<string, Proof>;
}

/** The page's HTML, whole. */
export function polish(html: string, about: Polish): string {
  const document = new DOMParser().parseFromString(html, "text/html");
  const main: Element = document.querySelector("main");
  nameHeadings(main);
  for (
    const [selector, name] of [["a[href]", "href"], ["img", "src"]] as const
  ) {
    for (const element of main.querySelectorAll(selector)) {
      const link = element.getAttribute(name) ?? "";
      element.setAttribute(name, linkOnSite(about.page, link, about.places));
    }
  }
  tellMarks(main, about);
  makeScrollable(main);
  listParts(main, document.querySelector("#parts"));
  return `${document}\n`;
}

/** Ids as GitHub makes them of headings. */
export function slug(heading: string): string {
  return heading.trim().toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
}

function nameHeadings(main: Element): void {
  const seen = new Map<string, number>();
  for (const heading of main.querySelectorAll("h1, h2, h3, h4")) {
    const name = slug(heading.textContent);
    const times = seen.get(name) ?? 0;
    seen.set(name, times + 1);
    heading.id = times === 0 ? name : `${name}-${times}`;
  }
}

/** "holds on 5.10, 6.1; refused as documented on own-4.19". */
export function toldOf({ title, holds, absent }: Proof): string {
  const lacking = absent.length === 0
    ? ""
    : `; ${absent.join(", ")}: absent, as documented`;
  return `${title}: holds on ${holds.join(", ")}${lacking}`;
}

/** Links to claims become marks with what became of the claim, without their brackets. */
function tellMarks(main: Element, { proofs }: Polish): void {
  for (const link of main.querySelectorAll('a[href^="claims.html#"]')) {
    const proof = proofs.get(link.textContent);
    if (proof === undefined) continue;
    link.className = "mark";
    link.setAttribute("title", toldOf(proof));
  }
  const mark = `<a [^>]*class="mark"[^>]*>[^<]*</a>`;
  const marks = new RegExp(`\\s*\\((${mark}(?:,?\\s+${mark})*)\\)`, "g");
  for (const holder of main.querySelectorAll("p, li, td, th")) {
    if (!holder.innerHTML.includes('class="mark"')) continue;
    holder.innerHTML = holder.innerHTML.replaceAll(
      marks,
      (_, inner: string) =>
        `<span class="marks"> ${inner.replaceAll(/,\s+/g, " ")}</span>`,
    );
  }
}

/** What may be wider than a phone: reached by Tab, scrolled by the arrows. */
function makeScrollable(main: Element): void {
  for (const wide of main.querySelectorAll("pre")) {
    wide.setAttribute("tabindex", "0");
    wide.setAttribute("role", "group");
    wide.setAttribute("aria-label", "code");
  }
  for (const table of main.querySelectorAll("table")) {
    for (const head of table.querySelectorAll("thead th")) {
      head.setAttribute("scope", "col");
    }
    table.outerHTML =
      `<div class="wide" tabindex="0" role="group" aria-label="table">${table.outerHTML}</div>`;
  }
}

/** The parts of a long page, in the place for them. */
function listParts(main: Element, list: Element | null): void {
  const parts = [...main.querySelectorAll("h2")];
  if (list === null || parts.length < 4) return;
  list.innerHTML = `<ul>${
    parts.map(({ id, innerHTML }) =>
      `<li><a href="#${id}">${innerHTML}</a></li>`
    )
      .join("")
  }</ul>`;
}
