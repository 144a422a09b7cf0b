/**
 * What a proof's end makes of its claim.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { Splats } from "../claims/splats.ts";
import { Absent, claim, type Proof } from "../claim.ts";
import { evidenceLimit, openLab } from "../lab.ts";
import { leaked, Leaks } from "../leaks.ts";
import { type Bench, type Judged, proveOne, words } from "../verdict.ts";

const ring: Bench = {
  objects: "/objects",
  features: { ring: { has: true, reason: "ok" }, refusal: () => {} },
  timeoutMs: 200,
};
const noRing: Bench = {
  ...ring,
  features: { ring: { has: false, reason: "EINVAL: none" }, refusal: () => {} },
};

function prove(
  prove: Proof,
  bench = ring,
  more: { needs?: "ring"; absent?: Proof } = {},
): Promise<Judged> {
  return proveOne(
    claim({ id: "R1", title: "A sentence", source: "me", prove, ...more }),
    bench,
  );
}

const broken = (): never => {
  throw new Error("must not run");
};

describe("a claim", () => {
  it("holds when its proof returns, with its figures", async () => {
    const judged = await prove((lab) =>
      lab.evidence({ path: lab.object("ring"), n: 3 })
    );
    assert.equal(judged.verdict, "holds");
    assert.deepEqual(judged.evidence, { path: "/objects/ring.bpf.o", n: 3 });
    assert.ok(judged.ms >= 0 && !("why" in judged));
  });

  it("fails with the assertion's words, and keeps its figures", async () => {
    const judged = await prove((lab) => {
      lab.evidence({ seen: 1 });
      assert.equal(1, 2);
    });
    assert.equal(judged.verdict, "fails");
    assert.match(
      judged.why ?? "",
      /^Expected values to be strictly equal:\n\n1 !== 2$/,
    );
    assert.deepEqual(judged.evidence, { seen: 1 });
  });

  it("fails when its proof rejects, throws no error, or throws a TypeError", async () => {
    assert.equal(
      (await prove(() => Promise.reject(new Error("no")))).why,
      "no",
    );
    assert.equal((await prove(() => Promise.reject("a word"))).why, "a word");
    const typo = await prove(() =>
      void (undefined as unknown as string).length
    );
    assert.match(typo.why ?? "", /^TypeError: Cannot read/);
  });

  it("fails when its proof does not end in time", async () => {
    const judged = await prove(() => new Promise(() => {}));
    assert.equal(judged.verdict, "fails");
    assert.equal(judged.why, "The proof did not end within 0.2 s");
  });

  it("fails when it leaves a rejection to nobody", async () => {
    const strays = new EventTarget();
    const proof = async (): Promise<void> => {
      const what = { promise: Promise.resolve(), reason: new Error("stray") };
      strays.dispatchEvent(
        new PromiseRejectionEvent("unhandledrejection", what),
      );
      await new Promise((resolve) => setTimeout(resolve, 50));
    };
    assert.equal((await prove(proof, { ...ring, strays })).why, "stray");
  });

  it("fails when the kernel complains meanwhile, also if its proof returns", async () => {
    const complaints = (): string[] => ["WARNING: CPU: 1 PID: 7"];
    const judged = await prove(() => {}, { ...ring, complaints });
    assert.equal(judged.verdict, "fails");
    assert.equal(judged.why, "The kernel said: WARNING: CPU: 1 PID: 7");
  });

  it("is absent where its feature is missing and refused as documented", async () => {
    const judged = await prove(broken, noRing, { needs: "ring" });
    assert.equal(judged.verdict, "absent");
    assert.equal(judged.why, "EINVAL: none");
  });

  it("is absent when its proof found a newer feature refused as documented", async () => {
    const proof = (): never => {
      throw new Absent("no dynptr: EINVAL");
    };
    const judged = await prove(proof, ring);
    assert.equal(judged.verdict, "absent");
    assert.equal(judged.why, "no dynptr: EINVAL");
  });

  it("fails where its feature is missing and not refused as documented", async () => {
    const absent = (): never => {
      throw new Error("ENOMEM instead");
    };
    const judged = await prove(broken, noRing, { needs: "ring", absent });
    assert.equal(judged.verdict, "fails");
    assert.equal(judged.why, "Not refused as documented: ENOMEM instead");
  });

  it("is proved where a feature is missing that it does not need", async () => {
    assert.equal((await prove(() => {}, noRing)).verdict, "holds");
  });

  it("fails where the kernel could not be asked for what it needs", async () => {
    const features = { ...noRing.features, unknown: "EPERM" };
    const judged = await prove(broken, { ...noRing, features }, {
      needs: "ring",
    });
    assert.equal(judged.why, "The kernel could not be asked: EPERM");
  });

  it("must have an id, a sentence of one line and a source", () => {
    const whole = {
      id: "R1",
      title: "A sentence",
      source: "me",
      prove: () => {},
    };
    assert.throws(
      () => claim({ ...whole, id: "one" }),
      /"one": its id is not a letter and a number/,
    );
    assert.throws(
      () => claim({ ...whole, title: "a\nb" }),
      /R1: its title is not one line/,
    );
    assert.throws(
      () => claim({ ...whole, source: "" }),
      /R1: its source is not one line/,
    );
  });
});

describe("an error's words", () => {
  it("are bounded", () => {
    const text = words(new Error("x".repeat(10_000)));
    assert.equal(text.length, 2048);
    assert.ok(text.endsWith("…"));
  });

  it("hold the end of what libbpf said, where it said something", () => {
    const error = Object.assign(new Error("Cannot load"), {
      log: "line 1\nR1 invalid mem access\n",
    });
    assert.equal(words(error), "Cannot load\nline 1\nR1 invalid mem access");
  });
});

describe("the evidence", () => {
  it("takes counters of 64 bits", () => {
    const lab = openLab("");
    lab.evidence({ small: 7n, large: 2n ** 60n } as never);
    assert.deepEqual(lab.figures, { small: 7, large: "1152921504606846976" });
  });

  it("is bounded, and names what was left out", () => {
    const lab = openLab("");
    lab.evidence({ big: "x".repeat(evidenceLimit), small: 1 });
    assert.deepEqual(lab.figures, {
      big: `left out: ${evidenceLimit + 2} characters`,
      small: 1,
    });
  });
});

describe("the kernel's complaints", () => {
  it("are those since the last look, and nothing else of its log", () => {
    let log = "<2>[    0.1] BUG: of the boot\n<6>[    1.0] Linux is up\n";
    const splats = new Splats(() => {
      const unread = log;
      log = "";
      return unread;
    });
    assert.deepEqual(splats.look(), []);
    log = "<6>[    2.0] eth0: link up\n<4>[    2.1] WARNING: CPU: 0 PID: 1\n";
    assert.deepEqual(splats.look(), ["<4>[    2.1] WARNING: CPU: 0 PID: 1"]);
    assert.deepEqual(splats.look(), []);
    log = "[    9.0] INFO: rcu_sched self-detected stall\n";
    assert.equal(splats.look().length, 1);
  });
});

describe("a leak", () => {
  it("is what is open now and was not before", () => {
    const before = new Map([["bpf-map", 2], ["eventpoll", 1]]);
    const now = new Map([["bpf-map", 4], ["eventpoll", 1], ["perf_event", 1], [
      "bpf-prog",
      0,
    ]]);
    assert.equal(leaked(before, now), "2 bpf-map, 1 perf_event");
    assert.equal(leaked(now, before), "");
  });

  it("is blamed on one proof, not on the next as well", async () => {
    let [open, counts] = [1, 0];
    const leaks = new Leaks(() => {
      counts++;
      return new Map([["bpf-map", open]]);
    });
    leaks.begin({ anew: false });
    open = 2;
    assert.equal(await leaks.settle(), "1 bpf-map");
    leaks.begin({ anew: false });
    const before = counts;
    assert.equal(await leaks.settle(), "");
    assert.equal(counts, before + 1);
    open = 3;
    leaks.begin({ anew: true });
    assert.equal(await leaks.settle(), "");
  });
});
