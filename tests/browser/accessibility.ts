/**
 * The rules of accessibility, by axe-core.
 *
 * @module
 */
import axe from "npm:axe-core@^4.13.0";
import type { Page } from "npm:puppeteer-core@^25.16.0";

/** What the rules of accessibility mind, a line each. */
export async function offences(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate("axe.run()") as {
    violations: { id: string; help: string; nodes: { html: string }[] }[];
  };
  return found.violations.map(({ id, help, nodes }) =>
    `${id}: ${help}: ${nodes[0]?.html}`
  );
}
