/**
 * The mutants as data, and what is made of a verdict.
 *
 * @module
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { describe, it } from "@std/testing/bdd";
import { UsageError } from "../../kernels/usage_error.ts";
import { claims } from "../claims/mod.ts";
import { mutants } from "../mutants/mod.ts";
import {
  type Mutant,
  mutate,
  occurrences,
  outcomeOf,
  type Proved,
} from "../mutants/mutant.ts";
import { readMutantOptions } from "../mutants/options.ts";
import { orphans } from "../mutants/orphans.ts";
import { outcomeLine, statusOf, summary } from "../mutants/report.ts";
import { line, verdictsOf } from "../mutants/tree.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

const mutant: Mutant = {
  claim: "R1",
  file: "sdk/stats.ts",
  find: "one",
  replace: "$& two",
  why: "it is two",
};

const holds: Proved = { is: "holds", said: "" };
const fails: Proved = { is: "fails", said: "1 !== 2" };
const absent: Proved = { is: "absent", said: "EINVAL" };
const broken: Proved = { is: "broken", said: "no verdict" };

describe("every mutant", () => {
  it("finds its text once, and changes it", () => {
    const wrong = mutants.filter(({ file, find, replace }) => {
      const text = Deno.readTextFileSync(`${root}${file}`);
      return occurrences(text, find) !== 1 || find === replace;
    });
    assert.deepEqual(wrong, []);
  });

  it("is there once", () => {
    const texts = mutants.map((mutant) => JSON.stringify(mutant));
    assert.deepEqual(texts, [...new Set(texts)]);
  });

  it("is one for a claim that there is, and says what it breaks", () => {
    const ids = claims.map(({ id }) => id);
    const wrong = mutants.filter(({ claim, why }) =>
      !ids.includes(claim) || why === "" || why.includes("\n")
    );
    assert.deepEqual(wrong, []);
  });
});

describe("every claim", () => {
  it("has a mutant", () => {
    assert.deepEqual(orphans(claims.map(({ id }) => id), mutants), []);
  });

  it("without one is named, unless it is absent here", () => {
    const before = new Map([["R2", absent], ["R3", holds]]);
    assert.deepEqual(orphans(["R1", "R2", "R3"], [mutant], before), ["R3"]);
  });
});

describe("a mutation", () => {
  it("is applied as it is written", () => {
    assert.deepEqual(mutate("no one.", mutant), { text: "no $& two." });
  });

  it("of a text that occurs twice, or never, does not apply", () => {
    const misfit = (count: number): { misfit: string } => ({
      misfit: `its text occurs ${count} times in sdk/stats.ts`,
    });
    assert.deepEqual(mutate("one by one", mutant), misfit(2));
    assert.deepEqual(mutate("none", { ...mutant, find: "two" }), misfit(0));
  });

  it("that changes nothing does not apply", () => {
    const same = { ...mutant, replace: mutant.find };
    assert.deepEqual(mutate("one", same), { misfit: "it changes nothing" });
  });
});

describe("a mutant", () => {
  const kind = (before: Proved, after: Proved): string =>
    outcomeOf(before, after).is;

  it("is killed by a claim that fails, and by nothing else", () => {
    assert.equal(kind(holds, fails), "killed");
    assert.equal(kind(holds, holds), "survived");
    assert.equal(kind(holds, absent), "survived");
    assert.equal(kind(holds, broken), "does not apply");
    assert.equal(kind(holds, { is: "lost", said: "" }), "does not apply");
  });

  it("is killed by a hang, which is said", () => {
    const outcome = outcomeOf(holds, { is: "hang" });
    assert.deepEqual(outcome, { is: "killed", said: "hang" });
  });

  it("of an absent claim is absent here, if the claim does not notice it all the same", () => {
    assert.equal(kind(absent, absent), "absent here");
    assert.equal(kind(absent, fails), "killed");
    assert.equal(kind(absent, holds), "survived");
  });

  it("of a claim that fails without it proves nothing", () => {
    assert.equal(kind(fails, fails), "does not apply");
    assert.equal(kind({ is: "hang" }, fails), "does not apply");
    assert.equal(kind(broken, fails), "does not apply");
  });
});

describe("a run of the mutants", () => {
  const killed = outcomeOf(holds, fails);
  const here = outcomeOf(absent, absent);
  const clean = { outcomes: [killed, here], orphans: [], seconds: 2 };

  it("ends with 1 when one survived or does not apply, or a claim has none", () => {
    const status = (more: Proved): number =>
      statusOf({ ...clean, outcomes: [killed, outcomeOf(holds, more)] });
    assert.equal(statusOf(clean), 0);
    assert.equal(status(holds), 1);
    assert.equal(status(broken), 1);
    assert.equal(statusOf({ ...clean, orphans: ["R1"] }), 1);
  });

  it("says a line for each, and counts them", () => {
    assert.equal(
      outcomeLine(mutant, killed),
      "killed         R1  sdk/stats.ts, it is two: 1 !== 2\n",
    );
    assert.equal(
      summary({ ...clean, orphans: ["R2"] }),
      "no mutant for R2\n" +
        "2 mutants: 1 killed, 0 survived, 1 absent here, 0 does not apply; 2 s\n",
    );
  });

  it("reads the verdicts from the report", () => {
    const claims = [
      { id: "R1", verdict: "holds" },
      { id: "R2", verdict: "fails", why: "not equal:\n\n1 !== 2\n" },
    ];
    const verdicts = verdictsOf(JSON.stringify({ kernels: [{ claims }] }));
    assert.deepEqual([...verdicts], [
      ["R1", holds],
      ["R2", { is: "fails", said: "not equal: 1 !== 2" }],
    ]);
  });

  it("cuts a long why", () => {
    assert.ok(line("word ".repeat(99)).endsWith("…"));
  });
});

describe("the command line of the mutants", () => {
  it("takes claims and --list", () => {
    assert.deepEqual(readMutantOptions(["--claim", "R*", "--list"]), {
      claims: ["R*"],
      list: true,
      help: false,
    });
  });

  it("refuses what it does not know", () => {
    for (const word of ["--report=json=x", "--jobs=2", "R1"]) {
      assert.throws(() => readMutantOptions([word]), UsageError);
    }
  });

  it("takes one kernel, since the mutants' claims are asked of one", () => {
    const kernel = "--kernel=debian-5.10";
    assert.equal(readMutantOptions([kernel]).kernel, "debian-5.10");
    const globs = ["debian-*", "own-5.?"].map((glob) => [`--kernel=${glob}`]);
    for (const more of [[kernel, "--kernel=own-5.4"], ...globs]) {
      assert.throws(() => readMutantOptions(more), /one kernel at a time/);
    }
    const named = "mine=/boot/vmlinuz-*";
    assert.equal(readMutantOptions([`--kernel=${named}`]).kernel, named);
  });
});
