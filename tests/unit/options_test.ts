/**
 * The command line, right and wrong.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { help as kernelsHelp } from "../../kernels/command.ts";
import { UsageError } from "../../kernels/usage_error.ts";
import { help as benchHelp } from "../bench/options.ts";
import { claim } from "../claim.ts";
import { mutantHelp } from "../mutants/options.ts";
import { help, localHelp } from "../option_table.ts";
import { readLocalOptions, readOptions } from "../options.ts";
import { selectClaims } from "../select.ts";

const words = (line: string): string[] =>
  line.split(" ").filter((word) => word !== "");

function refusal(line: string): string {
  try {
    readOptions(words(line));
  } catch (error) {
    assert.ok(error instanceof UsageError);
    assert.doesNotMatch(error.message, /\n|\.$/);
    return error.message;
  }
  return "taken";
}

describe("the command line", () => {
  it("has defaults for all", () => {
    assert.deepEqual(readOptions([]), {
      ...{
        driver: "qemu",
        kernels: [],
        claims: [],
        accel: "auto",
        cpus: 2,
        memoryMiB: 768,
        timeoutMs: 300_000,
      },
      ...{
        reports: [],
        mirrors: {},
        cold: false,
        offline: false,
        strict: false,
        keep: false,
        list: false,
        help: false,
      },
    });
  });

  it("gives a distribution more memory and more time, where nothing else is said", () => {
    const { driver, memoryMiB, timeoutMs, keep } = readOptions(
      words("--driver vagrant --keep"),
    );
    assert.deepEqual(
      { driver, memoryMiB, timeoutMs, keep },
      {
        ...{ driver: "vagrant", memoryMiB: 1024, timeoutMs: 900_000 },
        keep: true,
      },
    );
    assert.equal(
      readOptions(words("--driver vagrant --memory 900")).memoryMiB,
      900,
    );
    assert.equal(
      refusal("--keep"),
      "Unexpected option --keep: it is for --driver vagrant",
    );
  });

  it("takes options again and again where that makes sense, the last one elsewhere", () => {
    const options = readOptions(words(
      "--kernel debian-* --kernel mine=/boot/vmlinuz=1 --claim R? --claim=F1 --cpus 2 --cpus 3" +
        " --report json=a.json --report json=b=c.json --jobs 4 --timeout 9 --offline --strict --cold" +
        " --mirror debian=http://localhost/debian --accel tcg --driver qemu --memory 1024",
    ));
    assert.deepEqual(options.kernels, ["debian-*", "mine=/boot/vmlinuz=1"]);
    assert.deepEqual(options.claims, ["R?", "F1"]);
    assert.deepEqual(options.reports.map(({ path }) => path), [
      "a.json",
      "b=c.json",
    ]);
    assert.deepEqual(options.mirrors, { debian: "http://localhost/debian" });
    assert.deepEqual([options.cpus, options.jobs, options.timeoutMs], [
      3,
      4,
      9000,
    ]);
    assert.deepEqual([options.accel, options.memoryMiB], ["tcg", 1024]);
    assert.ok(options.offline && options.strict && options.cold);
    assert.ok(!options.list);
  });

  it("hands all that follows -- to the user's own program", () => {
    const { program, strict } = readOptions(
      words("--strict -- tool.ts --kernel -x a=b -- c"),
    );
    assert.deepEqual(program, {
      path: "tool.ts",
      args: ["--kernel", "-x", "a=b", "--", "c"],
    });
    assert.ok(strict);
  });

  it("refuses -- without a program, and claims beside one", () => {
    assert.match(refusal("--"), /^No program behind --: it takes/);
    assert.match(
      refusal("--claim R1 -- program.ts"),
      /^Unexpected option --claim: a program of your own runs instead/,
    );
  });

  it("names the option, the value and what it takes", () => {
    assert.equal(
      refusal("--cpus two"),
      'Bad --cpus "two": it takes a whole number from 2 to 255',
    );
    assert.equal(
      refusal("--cpus 0"),
      'Bad --cpus "0": it takes a whole number from 2 to 255',
    );
    assert.equal(
      refusal("--cpus 1.5"),
      'Bad --cpus "1.5": it takes a whole number from 2 to 255',
    );
    assert.equal(
      refusal("--jobs=-1"),
      'Bad --jobs "-1": it takes a whole number from 1 to 1024',
    );
    assert.equal(
      refusal("--accel hvf"),
      'Bad --accel "hvf": it takes auto, kvm or tcg',
    );
    assert.equal(
      refusal("--driver xen"),
      'Bad --driver "xen": it takes qemu or vagrant',
    );
    assert.equal(
      refusal("--report pdf=x"),
      'Bad --report "pdf=x": it takes json|junit|tap|md|html=PATH',
    );
    assert.equal(
      refusal("--report json="),
      'Bad --report "json=": it takes json|junit|tap|md|html=PATH',
    );
    assert.match(
      refusal("--mirror debian=ftp://x"),
      /^Bad mirror "debian=ftp:\/\/x": the URL must begin with http/,
    );
    assert.match(
      refusal("--mirror nowhere=http://x"),
      /^Unknown site "nowhere" of mirror http:\/\/x; there are debian, security/,
    );
    assert.match(
      refusal("--memory 12"),
      /^Bad --memory "12": it takes a whole number from 256 to/,
    );
    assert.equal(
      refusal("--kernel"),
      "No value for --kernel: it takes ID|GLOB|LABEL=PATH",
    );
    assert.equal(
      refusal("--cpus"),
      "No value for --cpus: it takes a whole number from 2 to 255",
    );
  });

  it("refuses what it does not know, with the nearest that it knows", () => {
    assert.equal(
      refusal("--kernal x"),
      'Unknown option "--kernal"; did you mean --kernel or --keep',
    );
    assert.match(
      refusal("--ofline"),
      /^Unknown option "--ofline"; did you mean --offline/,
    );
    assert.match(refusal("--no-strict"), /^Unknown option "--no-strict"/);
    assert.match(refusal("-x"), /^Unknown option "-x"/);
    assert.match(
      refusal("debian-6.1"),
      /^Unexpected argument "debian-6.1": options begin with --/,
    );
  });

  it("says in every help that takes a GLOB what it is", () => {
    const helps = [help(), localHelp(), mutantHelp(), benchHelp, kernelsHelp];
    for (const text of helps) {
      assert.match(text, /\bGLOB\b[^]*In a GLOB, \* is any run of letters/);
    }
  });

  it("has a help that names every option, in 100 columns", () => {
    for (
      const name of [
        "kernel",
        "claim",
        "accel",
        "report",
        "mirror",
        "strict",
        "list",
      ]
    ) {
      assert.match(help(), new RegExp(`^  --${name}\\b`, "m"));
    }
    assert.ok(help().split("\n").every((line) => line.length <= 100));
    assert.ok(readOptions(["-h"]).help);
  });
});

describe("the command line on the running kernel", () => {
  it("takes claims and reports, and nothing else", () => {
    const options = readLocalOptions(words("--claim R* --report json=r.json"));
    assert.deepEqual(options.claims, ["R*"]);
    assert.deepEqual(options.reports, [{ format: "json", path: "r.json" }]);
    assert.throws(
      () => readLocalOptions(["--kernel", "x"]),
      /Unknown option "--kernel"/,
    );
    assert.throws(
      () => readLocalOptions(["--", "x"]),
      /Unexpected argument "x"/,
    );
    assert.doesNotMatch(localHelp(), /--kernel/);
  });
});

describe("claims", () => {
  const all = ["F1", "R1", "R10", "Q1"].map((id) =>
    claim({ id, title: "A sentence", source: "me", prove: () => {} })
  );
  const chosen = (...globs: string[]): string[] =>
    selectClaims(globs, all).map(({ id }) => id);

  it("are chosen by globs, in the list's order, each once", () => {
    assert.deepEqual(chosen(), ["F1", "R1", "R10", "Q1"]);
    assert.deepEqual(chosen("R*"), ["R1", "R10"]);
    assert.deepEqual(chosen("q1", "?1", "F1"), ["F1", "R1", "Q1"]);
  });

  it("that nobody knows are refused, with the nearest", () => {
    assert.throws(
      () => chosen("R11"),
      /^UsageError: Unknown claim "R11"; did you mean R10?/,
    );
    assert.throws(() => chosen("[F]"), UsageError);
  });
});
