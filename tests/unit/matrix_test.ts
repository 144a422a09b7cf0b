/**
 * The run of the matrix with machines that are made up: nothing is booted.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { type Arch, hostArch } from "../../kernels/arch.ts";
import type { Archives } from "../../kernels/initramfs.ts";
import {
  type Image,
  type Kernel,
  type Named,
  Unavailable,
} from "../../kernels/kernel.ts";
import type {
  MachineEvent,
  MachineOptions,
  Program,
} from "../../kernels/machine.ts";
import type { Errand } from "../errand.ts";
import { runMatrix } from "../matrix.ts";
import type { Machines } from "../plan.ts";
import type { Progress } from "../progress.ts";
import { exitStatus, type Row, summarize } from "../results.ts";
import { Transcript } from "../transcript.ts";
import {
  archives,
  bye,
  claims,
  done,
  good,
  hello,
  image,
  kernel,
  line,
  machines,
  panic,
  plan,
  proof,
  spent,
  transport,
  up,
} from "./fake_machines.ts";

async function run(
  scripts: Record<string, readonly MachineEvent[]>,
  ids = Object.keys(scripts),
  more: Partial<Machines> = {},
): Promise<Row[]> {
  return await runMatrix(
    plan(ids.map(kernel)),
    () => {},
    machines(scripts, more),
  );
}

/** A processor that this machine has not; the kernel "b" is for it. */
const other: Arch = hostArch === "x86_64" ? "aarch64" : "x86_64";
const archOf = ({ id }: Kernel): Arch => id === "b" ? other : hostArch;

const verdicts = (row: Row | undefined): string =>
  row?.claims.map((cell) => cell.verdict).join(" ") ?? "no row";

describe("the matrix", () => {
  it("has a row for every kernel, in their order, and no cell blank", async () => {
    const bad = [
      up,
      hello,
      transport,
      ...proof("F1"),
      ...proof("O1", "fails"),
      ...proof("R1"),
      bye,
      done,
    ];
    const scripts = { a: good, b: [...good.slice(0, 5), panic], d: bad };
    const rows = await run(scripts, ["a", "b", "c", "d"]);
    assert.deepEqual(rows.map((row) => `${row.id} ${row.state}`), [
      ...["a ran", "b lost", "c unavailable", "d ran"],
    ]);
    assert.deepEqual(rows.map(verdicts), [
      ...["holds holds holds", "holds lost lost", "", "holds fails holds"],
    ]);
    assert.deepEqual(summarize(rows), {
      holds: 6,
      absent: 0,
      fails: 1,
      lost: 2,
      unavailable: 1,
    });
    assert.equal(exitStatus(rows), 1);
  });

  it("writes down what the machine said of itself, and where time went", async () => {
    const [row] = await run({ a: good });
    assert.ok(row);
    assert.equal(row.release, "6.1.0");
    assert.equal(row.accel, "tcg");
    const { bootMs, startMs, claimsMs, logMs } = row.timings;
    assert.deepEqual([bootMs, claimsMs, logMs], [1235, spent.claimsMs, 0.5]);
    assert.ok(startMs !== undefined && startMs >= 0);
    assert.deepEqual([row.transport, row.reason], ["ring", "ok"]);
  });

  it("gives the reason of a row that could not be had, in one line", async () => {
    const provision = () => Promise.reject(new Unavailable("no\n  network"));
    const [row] = await run({ a: good }, ["a"], { provision });
    assert.equal(row?.why, "no network");
    assert.deepEqual(row?.claims, []);
  });

  it("loses a machine that panics, ends early, says nothing or cannot be started", async () => {
    const scripts = {
      panics: [up, hello, transport, panic],
      mute: [],
      early: [up, hello, transport, ...proof("F1"), done],
      crashed: [
        up,
        hello,
        transport,
        { type: "exit", code: 139, runMs: 1, console: "segfault" } as const,
      ],
      garbage: [
        up,
        { type: "line", text: "\0\0{" } as const,
        hello,
        transport,
        done,
      ],
    };
    const rows = await run(scripts);
    assert.ok(
      rows.every((row) =>
        row.state === "lost" && row.why && row.claims.length === 3
      ),
    );
    assert.equal(rows[0]?.console, "Oops");
    assert.equal(rows[1]?.why, "The machine ended without a word");
    assert.equal(verdicts(rows[2]), "holds lost lost");
    assert.match(rows[3]?.why ?? "", /killed by signal 11/);
    assert.match(
      rows[4]?.why ?? "",
      /no end of F1, but a line that is no message/,
    );
    assert.equal(exitStatus(rows), 69);
  });

  it("loses a machine that is another kernel than its row's, and believes no more of it", async () => {
    const other = line({
      ...{ type: "hello", release: "9.9.9\x1b[2J", arch: "x86_64" },
      ...{ cpus: 2, deno: "2", libbpf: "1.1" },
    });
    const [row] = await run({ a: [up, other, ...good.slice(2)] }, ["a"]);
    assert.equal(
      row?.why,
      String
        .raw`The guest calls itself "9.9.9\u001b[2J", but its kernel is 6.1.0`,
    );
    assert.equal(verdicts(row), "lost lost lost");
    assert.equal(row?.release, "6.1.0");
  });

  it("loses a machine whose QEMU cannot be started, with that reason", async () => {
    // deno-lint-ignore require-yield
    async function* broken(): AsyncGenerator<MachineEvent> {
      await Promise.resolve();
      throw new Error("QEMU is not installed");
    }
    const [row] = await run({ a: good }, ["a"], { run: broken });
    assert.equal(row?.why, "QEMU is not installed");
    assert.equal(verdicts(row), "lost lost lost");
  });

  it("packs one archive for all and tries the accelerator once", async () => {
    const calls: string[] = [];
    const pack = (): Promise<
      Archives
    > => (calls.push("pack"), Promise.resolve(archives));
    const chooseAccel: Machines["chooseAccel"] = () => {
      calls.push("accel");
      return Promise.resolve({ accel: "kvm", threads: "multi", note: "KVM" });
    };
    const rows = await run({ a: good, b: good, c: good }, ["a", "b", "c"], {
      pack,
      chooseAccel,
    });
    assert.deepEqual(calls, ["pack", "accel"]);
    assert.ok(rows.every((row) => row.accel === "kvm"));
  });

  it("does not run more machines at once than fit", async () => {
    let now = 0;
    let most = 0;
    async function* counted(): AsyncGenerator<MachineEvent> {
      most = Math.max(most, ++now);
      try {
        await new Promise((resolve) => setTimeout(resolve, 5));
        yield* good;
      } finally {
        now--;
      }
    }
    const ids = ["a", "b", "c", "d", "e"];
    const scripts = Object.fromEntries(ids.map((id) => [id, good]));
    const rows = await run(scripts, ids, { run: counted });
    assert.ok(rows.every((row) => row.state === "ran"));
    assert.equal(most, 2);
  });

  it("ends with an error when nothing can run here at all", async () => {
    const chooseAccel = () =>
      Promise.reject(new Error("QEMU is not installed"));
    await assert.rejects(
      run({ a: good, b: good }, ["a", "b"], { chooseAccel }),
      /QEMU is not/,
    );
  });

  it("loses no result to a row that cannot be packed when another has begun", async () => {
    const begun = Promise.withResolvers<void>();
    const { errand, ...rest } = plan(["a", "b"].map(kernel));
    const [first, second] = await Promise.all(
      rest.kernels.map((one) => errand.program(one)),
    ).then((all) => all.map((program) => ({ ...program })));
    assert.ok(first && second);
    const program = ({ id }: Named): Promise<Program> =>
      Promise.resolve(id === "a" ? first : second);
    const rows = await runMatrix(
      { ...rest, errand: { ...errand, program } },
      () => {},
      machines({ a: good, b: good }, {
        async pack(program): Promise<Archives> {
          if (program === first) return archives;
          await begun.promise;
          throw new Error("No space left on device");
        },
        async *run(): AsyncGenerator<MachineEvent> {
          begun.resolve();
          await new Promise((resolve) => setTimeout(resolve, 5));
          yield* good;
        },
      }),
    );
    assert.deepEqual(rows.map(({ state, why }) => [state, why]), [
      ["ran", undefined],
      ["lost", "No space left on device"],
    ]);
  });

  it("says of no more machines at a time than it has kernels", async () => {
    const notes: string[] = [];
    const watch = (event: Progress): void => {
      if (event.is === "note") notes.push(event.text);
    };
    await runMatrix(plan([kernel("a")]), watch, machines({ a: good }));
    assert.deepEqual(notes, ["TCG; 1 machine at a time"]);
  });

  it("does not run more machines at once than any processor of them has places for", async () => {
    const notes: string[] = [];
    const begun = Promise.withResolvers<void>();
    const lowered = Promise.withResolvers<void>();
    const seen: string[] = [];
    let now = 0;
    const watch = (event: Progress): void => {
      if (event.is !== "note") return;
      if (notes.push(event.text) === 2) lowered.resolve();
    };
    const stage = machines({}, {
      provision: async (kernel) => {
        const arch = archOf(kernel);
        if (arch === other) await begun.promise;
        return { ...image(kernel), arch };
      },
      chooseAccel: (_, { image: { arch } }) =>
        Promise.resolve({ accel: "tcg", threads: "multi", note: arch }),
      jobs: () => notes.length === 0 ? 3 : 1,
      async *run({ kernel }): AsyncGenerator<MachineEvent> {
        seen.push(`${kernel.id} beside ${now++}`);
        begun.resolve();
        try {
          await lowered.promise;
          yield* good;
        } finally {
          now--;
        }
      },
    });
    const ids = ["a", "b", "c", "d", "e"];
    await runMatrix(plan(ids.map(kernel)), watch, stage);
    assert.deepEqual(notes, [
      `${hostArch}; 3 machines at a time`,
      `${other}; 1 machine at a time`,
    ]);
    assert.deepEqual(seen.slice(0, 3), [
      ...["a beside 0", "c beside 1", "d beside 2"],
    ]);
    assert.deepEqual(seen.slice(3).sort(), ["b beside 0", "e beside 0"]);
  });

  const refuse = (text: string) => (): Promise<never> =>
    Promise.reject(new Error(text));
  for (
    const [what, more] of [
      ["a userland", { foreignUserland: refuse("it answered 404") }],
      ["an archive", {
        pack: (_, __, foreign) =>
          foreign ? refuse("it answered 404")() : Promise.resolve(archives),
      }],
      ["an accelerator", {
        chooseAccel: (_, { image }) =>
          image.arch === other
            ? refuse("it answered 404")()
            : Promise.resolve({ accel: "tcg", threads: "multi", note: "TCG" }),
      }],
    ] satisfies [string, Partial<Machines>][]
  ) {
    it(`goes on without the rows of another processor that has not ${what}`, async () => {
      const provision = (kernel: Kernel): Promise<Image> =>
        Promise.resolve({ ...image(kernel), arch: archOf(kernel) });
      const rows = await run({ a: good, b: good, c: good }, undefined, {
        provision,
        ...more,
      });
      assert.deepEqual(rows.map(({ state, why }) => [state, why]), [
        ...[["ran", undefined], ["unavailable", "it answered 404"]],
        ["ran", undefined],
      ]);
    });
  }

  it("loses its rows when it is cancelled while the accelerator is tried", async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const chooseAccel = (): Promise<never> => {
      controller.abort();
      return Promise.reject(signal.reason);
    };
    const [row] = await runMatrix(
      plan([kernel("a")], { signal }),
      () => {},
      machines({ a: good }, { chooseAccel }),
    );
    assert.deepEqual([row?.state, row?.why], ["lost", "The run was cancelled"]);
  });

  it("loses what had not ended when it is cancelled, and keeps what had", async () => {
    const controller = new AbortController();
    async function* slow({ kernel }: Image): AsyncGenerator<MachineEvent> {
      if (kernel.id === "a") return yield* good;
      yield* [up, hello, transport, ...proof("F1")];
      controller.abort();
      await Promise.resolve();
      throw controller.signal.reason;
    }
    const { signal } = controller;
    const stage = machines({ a: good, b: good, c: good }, {
      run: slow,
      jobs: () => 1,
    });
    const rows = await runMatrix(
      plan(["a", "b", "c"].map(kernel), { signal }),
      () => {},
      stage,
    );
    assert.deepEqual(rows.map(verdicts), [
      ...["holds holds holds", "holds lost lost", "lost lost lost"],
    ]);
    assert.deepEqual(rows.map((row) => row.why), [
      ...[undefined, "The run was cancelled", "The run was cancelled"],
    ]);
  });

  it("tells those who watch of every change", async () => {
    const events: Progress[] = [];
    await runMatrix(
      plan([kernel("a")]),
      (event) => events.push(event),
      machines({ a: good }),
    );
    assert.deepEqual(events.map((event) => event.is), [
      ...[
        "provisioning",
        "provisioned",
        "note",
        "booting",
        "up",
        "step",
        "step",
        "step",
        "done",
      ],
    ]);
  });
});

describe("a machine that may have been frozen", () => {
  const note: MachineEvent = { type: "note", text: "It was damaged" };
  const warm: MachineEvent = {
    ...{ type: "up", bootMs: 300, start: "warm", freezeMs: 7 },
  };

  /** The row, and what its machine was given; the program takes a nonce. */
  async function row(
    how: { readonly cold: boolean },
  ): Promise<{ row: Row | undefined; given: MachineOptions | undefined }> {
    let given: MachineOptions | undefined;
    const { errand, ...rest } = plan([kernel("a")], how);
    const program = async (): ReturnType<Errand["program"]> => ({
      ...await errand.program(kernel("a")),
      args: ["--one"],
      signs: true,
    });
    const [row] = await runMatrix(
      {
        ...rest,
        errand: {
          program,
          listen: (_, nonce) => new Transcript(claims, nonce),
        },
      },
      () => {},
      machines({ a: [] }, {
        async *run(_, __, options): AsyncGenerator<MachineEvent> {
          given = options;
          const nonce = options.order?.at(-1)?.replace("--nonce=", "");
          yield note;
          for (const event of [warm, ...good.slice(1)]) {
            await Promise.resolve();
            yield event.type !== "line" ? event : {
              ...event,
              text: JSON.stringify({ ...JSON.parse(event.text), nonce }),
            };
          }
        },
      }),
    );
    return { row, given };
  }

  it("is given its order with a nonce, and a cache unless the run is cold", async () => {
    const [cold, warm] = [
      await row({ cold: true }),
      await row({ cold: false }),
    ];
    assert.equal(cold.given?.order?.[0], "--one");
    assert.notEqual(cold.given?.order?.[1], warm.given?.order?.[1]);
    assert.deepEqual([cold.given?.frozen, warm.given?.frozen], [
      undefined,
      "/cache",
    ]);
  });

  it("has a row that says so, and what it took", async () => {
    const { row: told } = await row({ cold: false });
    assert.ok(told);
    assert.equal(told.state, "ran");
    assert.equal(told.start, "warm");
    assert.deepEqual(told.warnings, ["It was damaged"]);
    const { bootMs, freezeMs, modulesMs, claimsMs } = told.timings;
    assert.deepEqual([bootMs, freezeMs, modulesMs, claimsMs], [
      ...[300, 7, spent.modulesMs, spent.claimsMs],
    ]);
  });
});
