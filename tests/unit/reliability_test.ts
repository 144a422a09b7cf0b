/**
 * The page of faults: each names its test, and each test is there.
 *
 * @module
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { describe, it } from "@std/testing/bdd";
import { claims } from "../claims/mod.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const page = Deno.readTextFileSync(`${root}/docs/reliability.md`);

/** The rows of all tables: the fault, the promise, the tests. */
const rows = page.split("\n")
  .filter((line) => /^\| (?!fault |what goes wrong|-)/.test(line))
  .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));

/** The texts of all tests, by the names of their files. */
const texts = new Map(sources(`${root}/tests`));

const all = [...texts.values()].join(" ");

function sources(folder: string): [string, string][] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    const path = `${folder}/${name}`;
    if (isDirectory) return sources(path);
    if (!name.endsWith(".ts") || name === "reliability_test.ts") return [];
    const text = Deno.readTextFileSync(path).replaceAll(/\s+/g, " ");
    return [[name, text] as [string, string]];
  });
}

/** What a cell names, and which of it is nowhere. */
interface Named {
  readonly count: number;
  readonly missing: readonly string[];
}

function named(cell: string): Named {
  const bare = cell.replaceAll(/\]\([^)]*\)/g, "]");
  const files = [...bare.matchAll(/\w+\.ts\b/g)].map(([name]) => name);
  const ids = [...bare.matchAll(/\b[A-Z]\d+\b/g)].map(([id]) => id);
  const begins = [...bare.matchAll(/"(.+?)(?:,? …)?"/g)].map(([, name]) =>
    name
  );
  const words = [...bare.matchAll(/`(.+?)`/g)].map(([, word]) => word);
  const missing = [
    ...files.filter((name) => !texts.has(name)),
    ...ids.filter((id) => !claims.some((claim) => claim.id === id)),
    ...begins.filter((name) =>
      !all.includes(`it( "${name}`) && !all.includes(`it("${name}`)
    ),
    ...words.filter((word) => word !== "fuzz" && !isTest(word ?? "")),
  ];
  const count = files.length + ids.length + begins.length + words.length;
  return { count, missing: missing.map(String) };
}

/** A case of a guest's faults, a target of the fuzzing, or a test of this name. */
function isTest(name: string): boolean {
  return [
    ` ${name}: { cells:`,
    `name: "${name}"`,
    `it("${name}`,
    `asRoot("${name}`,
    `it(\`${name}`,
  ]
    .some((text) => all.includes(text));
}

describe("the page of faults", () => {
  it("has at least 60", () => {
    assert.ok(rows.length >= 60, `${rows.length}`);
    assert.deepEqual(rows.filter((cells) => cells.length !== 3), []);
  });

  it("names for each a test that there is", () => {
    const wrong = rows.map(([fault, , test = ""]) => ({
      fault,
      ...named(test),
    }))
      .filter(({ count, missing }) => count === 0 || missing.length > 0);
    assert.deepEqual(wrong, []);
  });

  it("names every task that has all permissions", () => {
    const { tasks } = JSON.parse(Deno.readTextFileSync(`${root}/deno.json`));
    const all = Object.entries<{ command?: string }>(tasks)
      .filter(([, { command = "" }]) => / -A /.test(command))
      .map(([name]) => name);
    const listed = page.slice(page.indexOf("All of them have:"));
    const named = [...listed.matchAll(/`([a-z:]+)`/g)].map(([, name]) => name);
    assert.deepEqual(all.sort(), named.sort());
  });

  it("has every fault of a guest that there is", () => {
    const cases = texts.get("lab_guest_test.ts")?.matchAll(
      / (\w+): \{ cells:/g,
    );
    const missing = [...cases ?? []].filter(([, name]) =>
      !page.includes(`\`${name}\``)
    );
    assert.deepEqual(missing.map(([, name]) => name), []);
  });
});
