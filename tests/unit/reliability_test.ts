/**
 * The page of faults: each names a test, and each test is there.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";

const page = new URL("../../docs/reliability.md", import.meta.url);

/** A row of a table: the fault, the promise, the file of the test, its name. */
const rows = [
  ...Deno.readTextFileSync(page).matchAll(
    /^\| (.+?) +\| (.+?) +\| \[\S+\]\((\S+)\) `(.+?)` +\|$/gm,
  ),
];

function tests(file: string): string {
  return Deno.readTextFileSync(new URL(file, page)).replaceAll(/\s+/g, " ");
}

/** Whether a file of tests has one of this name, or a case of it in a table. */
function has(file: string, name: string): boolean {
  const begins = ['it( "', 'it("', "it(`", 'describe("']
    .some((start) => tests(file).includes(`${start}${name}`));
  return begins || tests(file).includes(` ${name}: { cells:`);
}

describe("the page of faults", () => {
  it("has at least 60, and every row of its tables is one of them", () => {
    const lines = Deno.readTextFileSync(page).match(/^\| (?!what goes|-)/gm);
    assert.equal(rows.length, lines?.length);
    assert.ok(rows.length >= 60, `${rows.length}`);
  });

  it("names for each a test that there is", () => {
    const missing = rows.filter(([, , , file = "", name = ""]) =>
      !has(file, name)
    );
    assert.deepEqual(missing.map(([line]) => line), []);
  });

  it("has every fault of a guest that there is", () => {
    const cases = tests("../tests/faults/lab_guest_test.ts")
      .matchAll(/ (\w+): \{ cells:/g);
    const named = new Set(rows.map(([, , , , name]) => name));
    const missing = [...cases].filter(([, name]) => !named.has(name));
    assert.deepEqual(missing.map(([, name]) => name), []);
  });
});
