/**
 * The reports of made-up results, compared with what lies in golden/.
 *
 * @module
 */
import assert from "node:assert/strict";
import { relative } from "node:path";
import { describe, it } from "@std/testing/bdd";
import { claim } from "../claim.ts";
import { checkTarget, writeWhole } from "../report/file.ts";
import { jsonReport } from "../report/json.ts";
import { listReport } from "../report/list.ts";
import { programReport, terminalReport } from "../report/terminal.ts";
import {
  checkTargets,
  type ReportTarget,
  writeReports,
} from "../report/targets.ts";
import { clip, hang, printable, wrap } from "../report/text.ts";
import { exitStatus, summarize } from "../results.ts";
import { fakeMissing, fakeResults, fakeRow } from "./fake_results.ts";
import { golden } from "./golden.ts";

const plain = (width: number): { width: number; colour: boolean } => ({
  width,
  colour: false,
});

describe("the terminal report", () => {
  it("has symbols and a legend in 80 columns", () => {
    golden("matrix_80.txt", terminalReport(fakeResults(), plain(80)));
  });

  it("has words in 120 columns", () => {
    golden("matrix_120.txt", terminalReport(fakeResults(), plain(120)));
  });

  it("keeps its lines within the width, with eleven kernels too", () => {
    const ids = [
      "4.9",
      "4.19",
      "5.4",
      "5.7",
      "5.8",
      "5.10",
      "6.1",
      "6.12",
      "7",
    ];
    const rows = [
      ...ids.map((id) => fakeRow(`debian-${id}`, "hafhh")),
      fakeRow("masked-5.10", "hahhh", {
        simulated: "ring buffers refused by a BPF LSM",
      }),
      fakeRow("own-5.4", "hahhh"),
    ];
    for (const width of [80, 100, 120, 200]) {
      const text = terminalReport(
        { ...fakeResults(), kernels: rows },
        plain(width),
      );
      for (const line of text.split("\n")) {
        assert.ok(line.length <= width, line);
      }
    }
  });

  it("says the same with colours as without", () => {
    const coloured = terminalReport(fakeResults(), {
      width: 100,
      colour: true,
    });
    assert.ok(coloured.includes("\x1b[31m"));
    assert.equal(
      printable(coloured),
      terminalReport(fakeResults(), plain(100)),
    );
  });

  it("shows no grid when no kernel ran, and still says why", () => {
    const kernels = [
      fakeMissing("debian-4.9", "the archive cannot be reached"),
    ];
    const text = terminalReport({ ...fakeResults(), kernels }, plain(80));
    assert.match(
      text,
      /^Not available here\n {2}4\.9 {2}the archive cannot be reached\n/,
    );
    assert.match(
      text,
      /\n0 kernels: 0 holds, 0 absent, 0 fails, 0 lost; 1 unavailable; 93 s\n$/,
    );
  });

  it("lets no console or reason move the reader's cursor", () => {
    const console = "\x1b[2J\x1b[1;31mowned\x07\r";
    const row = fakeRow("debian-6.1", "lllll", {
      state: "lost",
      why: "\x1b]0;x\x07gone",
      console,
    });
    const text = terminalReport(
      { ...fakeResults(), kernels: [row] },
      plain(80),
    );
    // deno-lint-ignore no-control-regex
    assert.doesNotMatch(text, /[\x00-\x09\x0b-\x1f]/);
    assert.match(text, /\n {4}owned\n/);
  });
});

describe("the report of an own program", () => {
  it("tells how it ended on every kernel", () => {
    const ended = (id: string, exit: number) => fakeRow(id, "", { exit });
    const lost = fakeRow("debian-6.12", "", { state: "lost", why: "It hung" });
    const kernels = [ended("debian-5.10", 0), ended("debian-6.1", 3), lost];
    const text = programReport({ ...fakeResults(), kernels }, plain(80));
    assert.match(text, / {2}5\.10 {2}exit code 0\n {2}6\.1 {3}exit code 3\n/);
    assert.match(
      text,
      /3 kernels: 1 ended well, 1 FAILED, 1 lost; 0 unavailable\n$/,
    );
    assert.equal(exitStatus(kernels), 1);
  });
});

describe("the JSON report", () => {
  it("is the schema ringside/1", () => {
    golden("report.json", jsonReport(fakeResults()));
  });

  it("has why and console only where they are", () => {
    const report = JSON.parse(jsonReport(fakeResults()));
    const has = (name: string) =>
      report.kernels.filter((row: object) => name in row).map((
        row: { id: string },
      ) => row.id);
    assert.deepEqual(has("why"), ["debian-4.9", "debian-5.4", "debian-6.12"]);
    assert.deepEqual(has("console"), ["debian-6.12"]);
    assert.deepEqual(has("warnings"), ["debian-7"]);
  });
});

describe("the list", () => {
  it("shows what is cached, and the source of each claim", () => {
    const rows = [
      {
        id: "debian-6.1",
        label: "Debian 6.1",
        had: "6.1.0-44-amd64",
        simulated: null,
        namedOnly: undefined,
      },
      {
        id: "masked-5.10",
        label: "Debian 5.10",
        had: undefined,
        simulated: "a reason",
        namedOnly: undefined,
      },
      {
        id: "debian-7-arm64",
        label: "Debian 7",
        had: undefined,
        simulated: null,
        namedOnly: "runs where it is named",
      },
    ];
    const one = claim({
      id: "R1",
      title: "A sentence",
      source: "me",
      since: "5.8",
      prove: () => {},
    });
    assert.equal(
      listReport(rows, [one], plain(80)),
      "Kernels\n" +
        "  debian-6.1      Debian 6.1   6.1.0-44-amd64\n" +
        "  masked-5.10     Debian 5.10  not cached; simulated: a reason\n" +
        "  debian-7-arm64  Debian 7     not cached; runs where it is named\n" +
        "\nClaims\n  R1  A sentence\n      me, since 5.8\n",
    );
  });
});

describe("the exit status", () => {
  const ran = fakeRow("debian-6.1", "hhahh");
  const failed = fakeRow("debian-6.1", "hhfhh");
  const lost = fakeRow("debian-6.1", "hhlll", { state: "lost" });
  const missing = fakeMissing("debian-4.9", "gone");

  it("is 0 when all is as promised, 1 for a failure, 69 for a lost machine", () => {
    assert.equal(exitStatus([ran]), 0);
    assert.equal(exitStatus([ran, failed, lost]), 1);
    assert.equal(exitStatus([ran, lost]), 69);
  });

  it("minds a row that could not be had only when it is strict, or when there is no other", () => {
    assert.equal(exitStatus([ran, missing]), 0);
    assert.equal(exitStatus([ran, missing], { strict: true }), 69);
    assert.equal(exitStatus([missing]), 69);
    assert.equal(exitStatus([]), 69);
  });
});

describe("the summary", () => {
  it("counts cells by outcome, and rows that could not be had", () => {
    const summary = { holds: 19, absent: 8, fails: 1, lost: 2, unavailable: 2 };
    assert.deepEqual(summarize(fakeResults().kernels), summary);
  });
});

describe("text", () => {
  it("is broken between words, and within one that is too long", () => {
    assert.deepEqual(wrap("one two three", 7), ["one two", "three"]);
    assert.deepEqual(wrap("abcdefghij k", 4), ["abcd", "efgh", "ij k"]);
    assert.deepEqual(wrap("", 4), [""]);
  });

  it("says with … that it was cut", () => {
    assert.deepEqual(clip(["one two", "three"], 1, 8), ["one two…"]);
    assert.deepEqual(clip(["one two;", "three"], 1, 8), ["one two…"]);
    assert.deepEqual(clip(["one"], 2, 8), ["one"]);
  });

  it("hangs beneath its first line", () => {
    assert.deepEqual(hang("a  ", "one\ntwo", 40), ["a  one", "   two"]);
  });
});

describe("a report's file", () => {
  it("is checked before the run, without leaving anything", async () => {
    const folder = await Deno.makeTempDir();
    await checkTarget(`${folder}/report.json`);
    assert.deepEqual([...Deno.readDirSync(folder)], []);
    await assert.rejects(
      checkTarget(folder),
      /it is a folder; name a file in it/,
    );
    await assert.rejects(
      checkTarget(`${folder}/no/r.json`),
      /its folder does not exist/,
    );
    await assert.rejects(
      checkTarget("/proc/r.json"),
      /its folder takes no file; name a file in a folder that you may write to$/,
    );
    await Deno.remove(folder, { recursive: true });
  });

  it("is written whole, over an older one", async () => {
    const folder = await Deno.makeTempDir();
    await Deno.writeTextFile(`${folder}/r.json`, "old");
    await writeWhole(`${folder}/r.json`, "new");
    assert.equal(await Deno.readTextFile(`${folder}/r.json`), "new");
    assert.equal([...Deno.readDirSync(folder)].length, 1);
    await Deno.remove(folder, { recursive: true });
  });

  it("is what a link leads to, there already or not, and the link stays", async () => {
    const folder = await Deno.makeTempDir();
    const link = `${folder}/latest.json`;
    await Deno.symlink("dated.json", link);
    for (const text of ["first", "second"]) {
      await checkTarget(link);
      await writeWhole(link, text);
      assert.equal(await Deno.readLink(link), "dated.json");
      assert.equal(await Deno.readTextFile(`${folder}/dated.json`), text);
    }
    await Deno.remove(folder, { recursive: true });
  });

  it("is never put in the place of a device, a pipe or a circle of links", async () => {
    const folder = await Deno.makeTempDir();
    await Deno.symlink("/dev/null", `${folder}/null`);
    await checkTarget(`${folder}/null`);
    await writeWhole(`${folder}/null`, "text");
    assert.equal(await Deno.readLink(`${folder}/null`), "/dev/null");
    assert.ok((await Deno.stat("/dev/null")).isCharDevice);
    assert.equal((await checkTarget("/dev/stdout")).is, "stream");
    await Deno.symlink("circle", `${folder}/circle`);
    await new Deno.Command("mkfifo", { args: [`${folder}/pipe`] }).output();
    const refusals = {
      circle: /its links lead in a circle/,
      pipe: /it is a pipe, a socket or a disk; name a file, or/,
      "new/": /it names no file; name one$/,
    };
    for (const [name, why] of Object.entries(refusals)) {
      await assert.rejects(checkTarget(`${folder}/${name}`), why);
      await assert.rejects(writeWhole(`${folder}/${name}`, "text"), why);
    }
    await assert.rejects(checkTarget(""), /it names no file; name one$/);
    await Deno.remove(folder, { recursive: true });
  });

  it("is one report's, whatever ways lead to it", async () => {
    const folder = await Deno.makeTempDir();
    await Deno.symlink("r", `${folder}/link`);
    const two = (one: string, other: string): ReportTarget[] => [
      { format: "json", path: one },
      { format: "tap", path: other },
    ];
    for (const other of ["r", "./r", "link"]) {
      await assert.rejects(
        checkTargets(two(`${folder}/r`, `${folder}/${other}`)),
        /Cannot write two reports to "[^"]+": name another file for one/,
      );
    }
    await checkTargets(two(`${folder}/r`, `${folder}/s`));
    await checkTargets(two("/dev/null", "/dev/null"));
    await Deno.remove(folder, { recursive: true });
  });

  it("has lost its folder where that was removed meanwhile", async () => {
    const folder = await Deno.makeTempDir();
    const path = relative(Deno.cwd(), `${folder}/r.json`);
    await checkTarget(path);
    await Deno.remove(folder);
    await assert.rejects(
      writeWhole(path, "text"),
      /its folder does not exist$/,
    );
  });

  it("is lost alone where it cannot be made", async () => {
    const folder = await Deno.makeTempDir();
    const targets = (["json", "md"] as const)
      .map((format) => ({ format, path: `${folder}/${format}` }));
    const results = fakeResults();
    const broken = { ...results, host: { ...results.host, cpus: 2n } };
    await assert.rejects(writeReports(targets, broken as never), {
      message: `Cannot write a report to "${folder}/json": ` +
        "Do not know how to serialize a BigInt",
    });
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), [
      "md",
    ]);
    await Deno.remove(folder, { recursive: true });
  });
});
