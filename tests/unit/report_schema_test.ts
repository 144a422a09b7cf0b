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
import { main } from "../report/main.ts";
import { fakeResults, fakeRow } from "./fake_results.ts";

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
});
