/**
 * XML as text: what came from a guest is escaped, and what XML cannot hold at
 * all is left out.
 *
 * @module
 */
import { printable } from "./text.ts";

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text between tags, in XML and in HTML. */
export function escaped(text: string): string {
  // U+FFFE and U+FFFF are characters of no XML document (XML 1.0, section 2.2).
  return printable(text).toWellFormed().replaceAll(/[\uFFFE\uFFFF]/g, "�")
    .replaceAll(/[&<>"']/g, (mark) => entities[mark] ?? mark);
}

/** Attributes that have a value: ` name="value"` each. */
export function attributes(
  values: Readonly<Record<string, string | number | null | undefined>>,
): string {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) =>
      ` ${name}="${escaped(String(value)).replaceAll("\n", "&#10;")}"`
    ).join("");
}

/** An element with its content, which is XML already; without any, an empty one. */
export function element(
  name: string,
  values: Parameters<typeof attributes>[0],
  content: readonly string[] = [],
): string {
  const tag = `${name}${attributes(values)}`;
  return content.length === 0
    ? `<${tag}/>`
    : `<${tag}>\n${content.join("\n")}\n</${name}>`;
}

/** An element that holds text, white space and all. */
export function textElement(
  name: string,
  values: Parameters<typeof attributes>[0],
  text: string,
): string {
  return `<${name}${attributes(values)}>${escaped(text)}</${name}>`;
}
