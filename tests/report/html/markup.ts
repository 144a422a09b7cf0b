/**
 * HTML as text: the template escapes all that it is given, so that nothing of a
 * guest's can become markup.
 *
 * @module
 */
import { escaped } from "../xml.ts";

/** Text that is HTML already. */
export class Markup {
  constructor(readonly text: string) {}
}

/** What can stand in a template; nothing stands for what is undefined. */
export type Content = Markup | string | number | undefined | readonly Content[];

/** A template of HTML. */
export function html(
  texts: TemplateStringsArray,
  ...contents: readonly Content[]
): Markup {
  // Indentation is for those who read the template, and a third of the page.
  const parts = texts.map((text, at) =>
    text.replaceAll(/\s*\n\s*/g, "\n") + rendered(contents[at])
  );
  return new Markup(parts.join(""));
}

function rendered(content: Content): string {
  if (content === undefined) return "";
  if (content instanceof Markup) return content.text;
  if (typeof content === "object") return content.map(rendered).join("");
  return escaped(String(content)).replaceAll("\n", "&#10;");
}
