/**
 * What a guest carries along, and what it and its host say of themselves.
 *
 * @module
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { type Claim, claim } from "../claim.ts";
import { findLibbpf, loaderPath, Missing, objectFiles } from "../freight.ts";
import { libraryVersion, osName } from "../host.ts";
import { census } from "../leaks.ts";
import { answers } from "../packages.ts";
import { proveAll } from "../prove.ts";

describe("the freight", () => {
  let folder = "";
  before(async () => {
    folder = await Deno.makeTempDir();
  });
  after(() => Deno.remove(folder, { recursive: true }));

  it("holds every built object, by its place in the guest", async () => {
    assert.throws(
      () => objectFiles(folder),
      /^Missing: There are no BPF objects in .*deno task bpf/,
    );
    for (const name of ["ring.bpf.o", "exec.bpf.o", "notes.txt"]) {
      await Deno.writeTextFile(`${folder}/${name}`, "");
    }
    assert.deepEqual(objectFiles(folder), {
      "/bpf/build/exec.bpf.o": `${folder}/exec.bpf.o`,
      "/bpf/build/ring.bpf.o": `${folder}/ring.bpf.o`,
    });
    assert.throws(() => objectFiles(`${folder}/no`), Missing);
  });

  it("takes the libbpf that the loader would take", () => {
    const cache = [
      "3 libs found in cache `/etc/ld.so.cache'",
      "\tlibbpf.so.1 (libc6) => /lib32/libbpf.so.1",
      "\tlibbpf.so.0 (libc6,x86-64) => /lib/libbpf.so.0",
      "\tlibbpf.so.1 (libc6,x86-64) => /lib/x86_64-linux-gnu/libbpf.so.1",
    ].join("\n");
    assert.equal(loaderPath(cache), "/lib/x86_64-linux-gnu/libbpf.so.1");
    assert.equal(
      loaderPath(cache.slice(0, cache.lastIndexOf("\n"))),
      "/lib/libbpf.so.0",
    );
    assert.equal(loaderPath(""), undefined);
    assert.equal(
      loaderPath(
        "\tlibbpf.so.1 (libc6,AArch64) => /lib/libbpf.so.1",
        "aarch64",
      ),
      "/lib/libbpf.so.1",
    );
  });

  it("takes the libbpf that is named, or says that it is not there, or none", async () => {
    const named = Deno.env.get("RINGSIDE_LIBBPF");
    const real = await findLibbpf();
    try {
      Deno.env.set("RINGSIDE_LIBBPF", `${folder}/libbpf.so`);
      await assert.rejects(
        findLibbpf(),
        /RINGSIDE_LIBBPF names .*libbpf.so, which is not there$/,
      );
      await Deno.writeTextFile(`${folder}/libbpf.so`, "");
      await assert.rejects(findLibbpf(), {
        message: "Cannot take libbpf from RINGSIDE_LIBBPF, which names " +
          `${folder}/libbpf.so: ${folder}/libbpf.so is no binary for x86-64 ` +
          "or arm64; name the path of libbpf.so.1",
      });
      Deno.env.set("RINGSIDE_LIBBPF", folder);
      await assert.rejects(findLibbpf(), /: .* is no file; name the path/);
      Deno.env.set("RINGSIDE_LIBBPF", `${folder}/libbpf.so`);
      await Deno.copyFile(real, `${folder}/libbpf.so`);
      assert.equal(await findLibbpf(), `${folder}/libbpf.so`);
    } finally {
      if (named === undefined) Deno.env.delete("RINGSIDE_LIBBPF");
      else Deno.env.set("RINGSIDE_LIBBPF", named);
    }
  });
});

describe("the host", () => {
  it("is described by its own words", () => {
    assert.equal(
      osName('NAME="x"\nPRETTY_NAME="Debian GNU/Linux 12"\n'),
      "Debian GNU/Linux 12",
    );
    assert.equal(osName(""), "linux");
    assert.equal(libraryVersion("/lib/libbpf.so.1.1.2"), "1.1.2");
    assert.equal(libraryVersion("/lib/libbpf.so"), "unknown");
  });
});

describe("the guest", () => {
  it("tells the start and the end of each claim, one after the other", async () => {
    const told: string[] = [];
    const make = (id: string, prove: Claim["prove"]): Claim =>
      claim({ id, title: "A sentence", source: "me", prove });
    const fails = (): never => {
      throw new Error("no");
    };
    const claims = [
      make("F1", () => void told.push("proof of F1")),
      make("R1", fails),
    ];
    const features = { ring: { has: true, reason: "" }, refusal: () => {} };
    for await (
      const message of proveAll(claims, {
        objects: "",
        features,
        timeoutMs: 1000,
      })
    ) {
      const verdict = message.type === "end" ? ` ${message.verdict}` : "";
      told.push(`${message.type} ${message.id}${verdict}`);
    }
    assert.deepEqual(told, [
      ...[
        "start F1",
        "proof of F1",
        "end F1 holds",
        "start R1",
        "end R1 fails",
      ],
    ]);
  });

  it("counts what is open by what it is", async () => {
    const folder = await Deno.makeTempDir();
    const links = [
      "anon_inode:bpf-map",
      "anon_inode:bpf-map",
      "anon_inode:[perf_event]",
    ];
    const others = [
      "anon_inode:inotify",
      "pipe:[12]",
      "/dev/null",
      "anon_inode:bpf_link",
    ];
    for (const [at, target] of [...links, ...others].entries()) {
      await Deno.symlink(target, `${folder}/${at}`);
    }
    assert.deepEqual(Object.fromEntries(census(folder)), {
      "bpf-map": 2,
      "perf_event": 1,
      "bpf_link": 1,
    });
    await Deno.remove(folder, { recursive: true });
  });
});

describe("a registry", () => {
  it("answers, refuses, or says nothing within its time", async () => {
    const handler = (request: Request): Promise<Response> | Response =>
      request.url.endsWith("/mute")
        ? new Promise(() => {})
        : new Response("ok");
    const server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen: () => {} },
      handler,
    );
    const url = `http://127.0.0.1:${server.addr.port}`;
    assert.ok(await answers(url, 2000));
    assert.ok(!await answers(`${url}/mute`, 100));
    const ended = server.shutdown();
    await Promise.race([
      ended,
      new Promise((resolve) => setTimeout(resolve, 200)),
    ]);
    assert.ok(!await answers("http://127.0.0.1:1/", 2000));
  });
});
