/**
 * Sources as links: a commit to the kernel's repository, a document to where the
 * kernel's documentation is published, a file to its source.
 *
 * @module
 */
import { html, type Markup } from "./markup.ts";

const kinds: readonly {
  readonly pattern: RegExp;
  readonly address: (found: string) => string;
}[] = [
  {
    pattern: /^[0-9a-f]{12,40}$/,
    address: (commit) => `https://git.kernel.org/linus/${commit}`,
  },
  {
    pattern: /^Documentation\/[\w./-]+\.rst$/,
    address: (path) =>
      `https://docs.kernel.org/${
        path.replace(/^Documentation\//, "").replace(/\.rst$/, ".html")
      }`,
  },
  {
    pattern: /^(kernel|include|tools)\/[\w./-]+\.[ch]$/,
    address: (path) =>
      `https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/tree/${path}`,
  },
  {
    pattern: /^[a-z_]+\([2-8]\)$/,
    address: (page) =>
      `https://man7.org/linux/man-pages/man${page.at(-2)}/${
        page.replace(/\((.)\)/, ".$1")
      }.html`,
  },
];

/** A source with its parts that have an address as links. */
export function sourceLinks(source: string): Markup {
  const words = source.split(/(\s|[,;:](?=\s|$))/);
  return html`${
    words.map((word) => {
      const kind = kinds.find(({ pattern }) => pattern.test(word));
      return kind === undefined
        ? word
        : html`<a href="${kind.address(word)}">${word}</a>`;
    })
  }`;
}
