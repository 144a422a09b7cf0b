/**
 * The JSON report against its schema, by a validator of somebody else's.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { Ajv2020 } from "npm:ajv@^8.20.0/dist/2020.js";
import benchSchema from "../bench/ringside-bench-1.schema.json" with {
  type: "json",
};
import { jsonReport as benchReport } from "../bench/report.ts";
import { benchHost, benchRow } from "./fake_bench.ts";
import schema from "../report/ringside-1.schema.json" with { type: "json" };
import { jsonReport } from "../report/json.ts";
import { UsageError } from "../../kernels/usage_error.ts";
import { allFormats } from "../report/formats.ts";
import { main } from "../report/main.ts";
import { parseResults } from "../report/read.ts";
import { readBench } from "../report/read_bench.ts";
import { fakeMissing, fakeResults, fakeRow } from "./fake_results.ts";

const validate = new Ajv2020({
  allErrors: true,
  strict: true,
  strictRequired: false,
})
  .compile(schema);

/** What the validator minds, a line each. */
function faults(report: unknown): string[] {
  validate(report);
  return (validate.errors ?? []).map(({ instancePath, message }) =>
    `${instancePath} ${message}`
  );
}

function golden(): Record<string, unknown> {
  const path = new URL("golden/report.json", import.meta.url);
  return JSON.parse(Deno.readTextFileSync(path));
}

describe("the schema ringside/1", () => {
  it("takes the golden report", () => {
    assert.deepEqual(faults(golden()), []);
  });

  it("takes everything else that a row can be", () => {
    const image = { sha256: "ab".repeat(32), from: "/boot/vmlinuz" };
    const kernels = [
      fakeRow("own", "", { exit: 3, console: "gone", image }),
      fakeRow("this-kernel", "hhh", { driver: "none", accel: null }),
      fakeRow("old", "hh", { transport: "none", accel: "kvm" }),
    ];
    const report = jsonReport({ ...fakeResults(), kernels });
    assert.deepEqual(faults(JSON.parse(report)), []);
  });

  it("refuses what is not so: fields of no name, verdicts without a why", () => {
    const report = jsonReport(fakeResults())
      .replace('"verdict": "holds"', '"verdict": "fails"')
      .replace('"driver": "qemu"', '"driver": "vmware"')
      .replace('"label": "Debian 5.4"', '"lable": "Debian 5.4"');
    const found = faults(JSON.parse(report)).join("\n");
    assert.match(found, /must have required property 'why'/);
    assert.match(found, /driver must be equal to one of the allowed values/);
    assert.match(found, /must NOT have additional properties/);
  });
});

/** What may stand anywhere in a report that somebody wrote, or wrote into. */
const odd: readonly unknown[] = [
  ...[undefined, null, true, "", "x", "toString", 0, -1, 0.5],
  ...[[], {}, [null], { toString: 1 }],
];

/** Every place in a value, as the names that lead there. */
function* places(value: unknown): Generator<readonly string[]> {
  yield [];
  if (typeof value !== "object" || value === null) return;
  for (const [name, part] of Object.entries(value)) {
    for (const rest of places(part)) yield [name, ...rest];
  }
}

/** The same value with another one in a place; undefined takes it out. */
function changed(
  value: unknown,
  [name, ...rest]: readonly string[],
  other: unknown,
): unknown {
  if (name === undefined) return other;
  const copy = Array.isArray(value) ? [...value] : { ...Object(value) };
  copy[name] = changed(copy[name], rest, other);
  return copy;
}

describe("the command that makes reports", () => {
  it("takes no word for a format that is none, whatever an object has", async () => {
    for (const word of ["constructor", "toString", "__proto__", "tab"]) {
      await assert.rejects(
        main([word, "r.json"]),
        (error) =>
          error instanceof UsageError &&
          error.message.startsWith(`Unknown format "${word}"`),
      );
    }
  });
});

describe("the reader of ringside/1", () => {
  /** A report with all that can be in one, and no more rows than that takes. */
  function full(): unknown {
    const image = { sha256: "ab".repeat(32), from: "/boot/vmlinuz" };
    const kernels = [
      fakeMissing("debian-4.9", "gone"),
      fakeRow("own", "hf", { exit: 3, console: "gone", image }),
      fakeRow("old", "al", { state: "lost", why: "gone", warnings: ["odd"] }),
    ];
    return JSON.parse(jsonReport({ ...fakeResults(), kernels }));
  }

  /** The schema without what a reader does not rely on. */
  const heeded = new Ajv2020().compile(JSON.parse(
    JSON.stringify(
      schema,
      (name, value) =>
        /^(additionalProperties|allOf|if|then|min.*)$/.test(name)
          ? undefined
          : value,
    ),
  ));

  it("refuses whatever is odd in any place, as a validator does, or every format takes it", async () => {
    const whole = full();
    for (const place of [...places(whole)]) {
      for (const other of odd) {
        const text = JSON.stringify(changed(whole, place, other)) ?? "";
        const what = `${place.join(".")}: ${JSON.stringify(other)}`;
        const isTaken = text !== "" && heeded(JSON.parse(text));
        try {
          const results = parseResults(text, "it");
          assert.ok(isTaken, what);
          for (const [name, { write }] of Object.entries(allFormats)) {
            if (name !== "html") await write(results, results);
          }
          parseResults(jsonReport(results), "again");
        } catch (error) {
          assert.ok(error instanceof UsageError, `${what}: ${error}`);
          assert.ok(!isTaken, `${what}: ${error}`);
        }
      }
    }
  });

  it("names the place, and what is wrong there", () => {
    const refused = (place: string, other: unknown, why: RegExp): void => {
      const text = JSON.stringify(changed(full(), place.split("."), other));
      assert.throws(() => parseResults(text, "it"), why);
    };
    refused(
      "kernels.1.claims.0.verdict",
      "maybe",
      /kernels\[1\]\.claims\[0\]\.verdict cannot be "maybe": see /,
    );
    refused(
      "kernels.2.claims.1.title",
      undefined,
      /kernels\[2\]\.claims\[1\] has no title: see /,
    );
    refused("started", "yesterday", /: started cannot be "yesterday": see /);
    const deep = JSON.parse("[".repeat(99) + "]".repeat(99));
    refused("kernels.1.claims.0.evidence.x", deep, /it is deeper than any /);
  });

  it("takes the report of a later version, which says more", () => {
    for (
      const place of [["more"], ["host", "more"], ["kernels", "0", "more"]]
    ) {
      parseResults(JSON.stringify(changed(full(), place, 1)), "it");
    }
  });
});

describe("the schema ringside-bench/1", () => {
  const ajv = new Ajv2020({
    ...{ allErrors: true, strict: true, strictRequired: false },
    allowUnionTypes: true,
  });
  const takes = ajv.compile(benchSchema);

  it("takes a bench of this machine and of a guest, and a flood that nobody took", () => {
    const guest = { row: "own-5.4", qemu: "7.2", accel: "tcg" } as const;
    for (const host of [benchHost, { ...benchHost, guest }]) {
      const rows = [
        benchRow("drain-raw", { cpu: { ours: 1, c: 2 } }),
        benchRow("sustained", { ours: NaN }),
      ];
      takes(JSON.parse(benchReport(host, rows)));
      assert.deepEqual(takes.errors ?? [], []);
    }
  });

  it("refuses what is not so", () => {
    const whole = JSON.parse(benchReport(benchHost, [benchRow("drain-raw")]));
    const [row] = whole.rows;
    assert.ok(!takes({ ...whole, rows: [{ ...row, name: "drain-all" }] }));
    assert.ok(!takes({ ...whole, rows: [{ ...row, ratio: undefined }] }));
    assert.ok(!takes({ ...whole, schema: "ringside/1" }));
  });

  it("is what its reader goes by", async () => {
    const path = await Deno.makeTempFile();
    const whole = JSON.parse(benchReport(benchHost, [benchRow("drain-raw")]));
    await Deno.writeTextFile(path, JSON.stringify(whole));
    assert.equal((await readBench(path)).rows.length, 1);
    await Deno.writeTextFile(path, JSON.stringify({ ...whole, rows: [null] }));
    await assert.rejects(readBench(path), /: rows\[0\] cannot be null: see /);
    await Deno.remove(path);
  });
});
