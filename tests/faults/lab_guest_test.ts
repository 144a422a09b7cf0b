/**
 * Guests that come to harm, each by a cause that is real, in one matrix: what
 * had ended before stays, the rest of that row is told with its reason, and no
 * other row is touched.
 *
 * @module
 */
import assert from "node:assert/strict";
import { before, describe, it } from "@std/testing/bdd";
import { htmlReport } from "../report/html/page.ts";
import { terminalReport } from "../report/terminal.ts";
import { exitStatus, type Results, type Row } from "../results.ts";
import { processes } from "./lab_census.ts";
import { faultyMark, runFaults } from "./lab_machines.ts";

/** What is to become of a row: its three cells, its reason, what its console has. */
interface Fate {
  readonly cells: string;
  /** Why the row is lost; what is not lost has none. */
  readonly why?: RegExp;
  /** Why the claim in the middle is not proved, where the row is not lost. */
  readonly said?: RegExp;
  readonly warns?: RegExp;
  readonly console?: RegExp;
}

const rest = "holds lost lost";

/** Faults that end by themselves. */
const fates: Readonly<Record<string, Fate>> = {
  isolated: { cells: "holds holds holds" },
  panic: {
    cells: rest,
    why: /^The kernel panicked: sysrq triggered crash/,
    console: /Kernel panic - not syncing/,
  },
  reboot: { cells: rest, why: /^The guest rebooted$/, console: /Resetting/ },
  powerOff: {
    cells: rest,
    why: /^The guest powered off before its program ended$/,
    console: /Power down/,
  },
  warning: {
    cells: "holds fails holds",
    said: /^The kernel said: .*WARNING: .* ftrace_bug/,
    console: /expected: 0f:1f:44/,
  },
  oops: {
    cells: "holds fails holds",
    said: /^The kernel said: .*BUG: unable to handle .*30303030/,
    console: /CR2: 0000000030303030/,
  },
  guestMemory: {
    cells: rest,
    why: /^The guest ran out of memory and the kernel killed deno: .*--memory/,
    console: /Out of memory: Killed process \d+ \(deno\)/,
  },
  denoMemory: {
    cells: rest,
    why: /^Deno ran out of memory: .*--memory/,
    console: /Power down/,
  },
  crash: {
    cells: rest,
    why: /^The guest's program was killed by signal \d+ before the end of Z2$/,
  },
  throwLater: {
    cells: rest,
    why: /^The guest's program ended with exit code 1 before the end of Z2$/,
    console: /thrown behind the claim's back/,
  },
  exit: {
    cells: rest,
    why: /^The guest's program ended with exit code 3 before the end of Z2$/,
  },
  neverSettled: {
    cells: "holds fails holds",
    said: /^The proof did not end within \d+ s$/,
  },
  garbage: {
    cells: "holds holds holds",
    warns: /a line that is no message, since it is not JSON/,
  },
  halfLine: {
    cells: "holds lost holds",
    why:
      /^The results channel carried no end of Z2, but a line that is no message/,
  },
  unsigned: {
    cells: "holds holds holds",
    warns: /a line that is no message, since it is not of this run/,
  },
  forgery: {
    cells: "holds holds lost",
    why: /^The results channel carried the end of Z3 in two ways$/,
  },
  stranger: {
    cells: "holds holds holds",
    why: /^The results channel carried a claim that is not in the list: "Z99"$/,
  },
  secondName: {
    cells: "holds holds holds",
    why: /^The results channel carried the hello in two ways$/,
  },
  otherName: {
    cells: "lost lost lost",
    why:
      /^The guest calls itself "9\.9\.9-elsewhere", but its kernel is 5\.4\./,
  },
  longLine: { cells: rest, why: /a line of more than 1 MiB to its stdout$/ },
  escapes: { cells: "holds fails holds", said: /a title/ },
};

/** Faults that end with the machine's time, or not long before it. */
const lasting: Readonly<Record<string, Fate>> = {
  oopsInDeno: {
    cells: rest,
    why:
      /^The program did not end within \d+ s: The kernel oopsed: BUG: unable/,
    console: /CR2: 0000000030303030/,
  },
  deaf: { cells: rest, why: /^The program did not end within \d+ s/ },
  console: {
    cells: rest,
    why: /^The program did not end within \d+ s/,
    console: /^… \d{6,} bytes before this\n[^]*noise on the console/,
  },
  greedy: { cells: rest, why: /^The program did not end within \d+ s/ },
  endless: { cells: rest, why: /^The program did not end within \d+ s/ },
  lines: {
    cells: rest,
    why: /^The program (wrote more than 8 MiB|did not end within)/,
    warns: /lines more of that kind/,
  },
  messages: {
    cells: rest,
    why: /^The program (wrote more than 8 MiB|did not end within)/,
    warns: /more than 18 messages/,
  },
};

const unharmed = "nothing";

describe("a guest that comes to harm", () => {
  let rows = new Map<string, Row>();

  before(async () => {
    const quick = [unharmed, ...Object.keys(fates)];
    rows = new Map([
      ...await runFaults(quick, { timeoutMs: 180_000 }),
      ...await runFaults(Object.keys(lasting), { timeoutMs: 60_000 }),
    ]);
  });

  for (const [cause, fate] of Object.entries({ ...fates, ...lasting })) {
    it(`has its reason and keeps what had ended: ${cause}`, () => {
      const row = rows.get(cause);
      assert.ok(row, `no row for ${cause}`);
      check(row, fate);
    });
  }

  it("does not touch other rows", () => {
    const row = rows.get(unharmed);
    assert.ok(row);
    assert.equal(cells(row), "holds holds holds");
    assert.equal(row.warnings, undefined);
  });

  it("leaves no process behind", () => {
    assert.deepEqual(processes(faultyMark), []);
  });

  it("is never taken for a run without a fault", () => {
    const all = [...rows.values()];
    const lost = all.filter(({ state }) => state === "lost");
    assert.equal(exitStatus(lost), 69);
    assert.equal(exitStatus(all), 1); // Some claims fail, by what the kernel said.
  });

  it("cannot steer a terminal or a browser by what it prints", () => {
    const row = rows.get("escapes");
    assert.ok(row);
    const said = row.claims[1]?.why ?? "";
    assert.ok(said.includes("\x1b]0;"), "it came as it was said");
    const results = resultsOf([row]);
    const terminal = terminalReport(results, { width: 100, colour: false });
    assert.match(terminal, /red <script>alert/);
    // deno-lint-ignore no-control-regex
    assert.doesNotMatch(terminal, /[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
    const html = htmlReport(results);
    assert.match(html, /red &lt;script&gt;alert/);
    // deno-lint-ignore no-control-regex
    assert.doesNotMatch(html, /<script>alert|[\x00-\x08\x0b-\x1f\x7f-\x9f]/);
  });
});

function resultsOf(kernels: readonly Row[]): Results {
  const now = new Date().toISOString();
  const host = { os: "", cpus: 1, qemu: "", libbpf: "", deno: "" };
  return { started: now, finished: now, host, kernels };
}

function cells(row: Row): string {
  return row.claims.map(({ verdict }) => verdict).join(" ");
}

function check(
  row: Row,
  { cells: wanted, why, said, warns, console }: Fate,
): void {
  assert.equal(cells(row), wanted, row.why ?? "");
  assert.equal(row.state, why === undefined ? "ran" : "lost");
  if (why !== undefined) assert.match(row.why ?? "", why);
  assert.doesNotMatch(row.why ?? "", /\n/, "one line");
  if (said !== undefined) assert.match(row.claims[1]?.why ?? "", said);
  if (warns !== undefined) assert.match(row.warnings?.join("\n") ?? "", warns);
  if (console !== undefined) assert.match(row.console ?? "", console);
  assert.ok((row.warnings?.length ?? 0) <= 12, "warnings are bounded");
}
