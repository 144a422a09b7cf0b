/**
 * Kernels out of archives for rpm: had by a signed index, or refused.
 *
 * @module
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import type { Kernel, Lock, Site } from "../../kernels/kernel.ts";
import { readLast } from "../../kernels/last_time.ts";
import { readRpm, rpmEntries } from "../../kernels/rpm.ts";
import { compareRpmVersions } from "../../kernels/rpm_version.ts";
import { selectKernels } from "../../kernels/select.ts";
import { bzImage, type Data, digest, Key } from "./kernels_archive.ts";
import { config as settings } from "./kernels_config.ts";
import { Lab } from "./kernels_lab.ts";
import {
  publishRpms,
  rpm,
  type RpmEntry,
  type RpmOptions,
  rpmPath,
  signRepomd,
} from "./kernels_rpm.ts";

const suite = "8/BaseOS/x86_64/os";

function row(site: Site = "alma"): Kernel {
  const image = /^kernel-core-4\.18\.0-[\d.]+\.el8(_\d+)?\.x86_64$/;
  const archives = [{ site, suite }];
  const source = { kind: "rpm", archives, image } as const;
  return { id: "alma-8", label: "AlmaLinux 8", source, cmdline: [] };
}

const releaseOf = (release: string): string => `4.18.0-${release}.x86_64`;

async function entry(
  release: string,
  options: RpmOptions = {},
): Promise<RpmEntry> {
  const folder = `lib/modules/${releaseOf(release)}`;
  const files = {
    [`${folder}/config`]: new TextEncoder().encode(settings()),
    [`${folder}/kernel/a.ko`]: new Uint8Array(4097),
    [`${folder}/vmlinuz`]: bzImage(releaseOf(release)),
  };
  return { version: "4.18.0", release, rpm: await rpm(files, options) };
}

async function open(key: Key | undefined): Promise<Lab> {
  const lab = await Lab.open(key);
  const entries = [await entry("80.el8"), await entry("553.16.1.el8_10")];
  await publishRpms(lab.archive, suite, entries);
  return lab;
}

async function withFile<T>(
  bytes: Data,
  act: (file: Deno.FsFile) => Promise<T>,
): Promise<T> {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, bytes);
    using file = await Deno.open(path);
    return await act(file);
  } finally {
    await Deno.remove(path);
  }
}

async function names(file: Deno.FsFile): Promise<string[]> {
  return await Array.fromAsync(rpmEntries(file), ({ name }) => name);
}

describe("an archive for rpm", () => {
  let key: Key;

  before(async () => {
    key = await Key.make();
  });

  after(async () => {
    await key[Symbol.asyncDispose]();
  });

  it("gives the newest kernel of the row, with its configuration", async () => {
    await using lab = await open(key);
    const image = await lab.have({}, row());
    const release = releaseOf("553.16.1.el8_10");
    assert.equal(image.release, release);
    assert.deepEqual(await Deno.readFile(image.path), bzImage(release));
    const config = image.path.replace(/vmlinuz$/, "config");
    assert.equal(await Deno.readTextFile(config), settings());
    assert.equal((await lab.have({ offline: true }, row())).path, image.path);
  });

  for (const compressor of ["zstd", "gzip"] as const) {
    it(`unpacks a payload packed by ${compressor}`, async () => {
      await using lab = await Lab.open(key);
      const one = await entry("477.el8", { compressor });
      await publishRpms(lab.archive, suite, [one]);
      assert.equal((await lab.have({}, row())).release, releaseOf("477.el8"));
    });
  }

  it("refuses an index with a bad signature, a stranger's, or none", async () => {
    await using lab = await open(key);
    const path = `${suite}/repodata/repomd.xml`;
    const text = new TextDecoder().decode(lab.archive.files.get(path));
    const altered = new TextEncoder().encode(text.replace("17", "18"));
    lab.archive.files.set(path, altered);
    const trust = /^Cannot trust the index of 8\/BaseOS\/x86_64\/os: /;
    const refused = async (why: RegExp): Promise<void> => {
      const message = await lab.refusal({}, row());
      assert.match(message, trust);
      assert.match(message, why);
    };
    await refused(/its signature is bad/);
    await using stranger = await Key.make();
    const beside = await stranger.signBeside(altered);
    lab.archive.files.set(`${path}.asc`, beside);
    await refused(/signed by a key that is not AlmaLinux's/);
    lab.archive.files.delete(`${path}.asc`);
    await refused(/it is not signed/);
  });

  it("refuses a list that is not the one that was signed, or is not there", async () => {
    await using lab = await open(key);
    const { files } = lab.archive;
    const path = [...files.keys()].find((p) => p.endsWith("primary.xml.gz")) ??
      "";
    const bytes = files.get(path)?.slice() ?? new Uint8Array();
    bytes[30] = (bytes[30] ?? 0) ^ 1;
    files.set(path, bytes);
    assert.match(
      await lab.refusal({}, row()),
      /primary.xml.gz of 8.*: its checksum is not the one that was signed/,
    );
    files.delete(path);
    assert.match(await lab.refusal({}, row()), /primary.xml.gz answered 404/);
  });

  it("refuses a package that is altered, cut short, or not there", async () => {
    await using lab = await open(key);
    const { files } = lab.archive;
    const one = await entry("553.16.1.el8_10");
    const path = `${suite}/${rpmPath(one)}`;
    const bytes = one.rpm.slice();
    bytes[200] = (bytes[200] ?? 0) ^ 1;
    files.set(path, bytes);
    assert.match(await lab.refusal({}, row()), /^Cannot trust .*\.rpm: its ch/);
    files.set(path, one.rpm.slice(0, 500));
    assert.match(await lab.refusal({}, row()), /cut short: 500 of \d+ bytes/);
    files.delete(path);
    assert.match(await lab.refusal({}, row()), /\.rpm answered 404/);
  });

  it("takes no path that leads out of the archive, and no index without a list", async () => {
    await using lab = await Lab.open(key);
    const one = { ...await entry("80.el8"), href: "../../../etc/x.rpm" };
    await publishRpms(lab.archive, suite, [one]);
    assert.match(await lab.refusal({}, row()), /^No package of 8.* is called/);
    for (const text of ["<repomd></repomd>", "<repomd", "hello"]) {
      await signRepomd(lab.archive, suite, text);
      await Deno.remove(`${lab.cache}/kernels/indexes`, { recursive: true })
        .catch(() => {});
      assert.match(await lab.refusal({}, row()), /^The index of 8.* lists no/);
    }
  });

  it("believes a package by its own signature where indexes are not signed", async () => {
    await using lab = await Lab.open(key);
    await using stranger = await Key.make();
    const by = (key: Key): RpmOptions => ({
      sign: (header) => key.signBeside(header, ""),
    });
    const publish = async (one: RpmEntry): Promise<void> => {
      await publishRpms(lab.archive, suite, [one]);
      lab.archive.files.delete(`${suite}/repodata/repomd.xml.asc`);
      await Deno.remove(`${lab.cache}/kernels`, { recursive: true })
        .catch(() => {});
    };
    const fedora = row("fedora");
    await publish(await entry("1.el8", by(key)));
    assert.equal((await lab.have({}, fedora)).release, releaseOf("1.el8"));
    assert.doesNotMatch(lab.told.join("\n"), /warning/);
    await publish(await entry("1.el8"));
    const name = "kernel-core-4\\.18\\.0-1\\.el8\\.x86_64";
    const refused = async (why: string): Promise<void> => {
      const message = new RegExp(`^Cannot trust ${name}: ${why}`);
      assert.match(await lab.refusal({}, fedora), message);
    };
    await refused("it is not signed");
    await publish(await entry("1.el8", by(stranger)));
    await refused("it is signed by a key that is not Fedora's");
    const one = await entry("1.el8", by(key));
    const altered = one.rpm.slice();
    altered[altered.length - 20] = (altered[altered.length - 20] ?? 0) ^ 1;
    await publish({ ...one, rpm: altered });
    await refused("its payload is not the one that was signed");
    const { header } = await withFile(one.rpm, readRpm);
    const renamed = one.rpm.slice();
    const at = header.end - 30; // In the header's store, which is signed.
    renamed[at] = (renamed[at] ?? 0) ^ 1;
    await publish({ ...one, rpm: renamed });
    await refused("its signature is bad");
    await publish(one);
    await lab.have({ keyrings: [] }, fedora);
    assert.match(
      lab.told.at(-1) ?? "",
      /kernel-core.* not checked: Fedora's k/,
    );
  });

  it("is vouched for under a lock too, and where its image is kept by its checksum alone", async () => {
    await using lab = await Lab.open(key);
    const one = await entry("1.el8");
    await publishRpms(lab.archive, suite, [one]);
    const fedora = row("fedora");
    const name = "kernel-core-4.18.0-1.el8.x86_64";
    const sha256 = digest(one.rpm);
    const pin = {
      ...{ name, version: "0:4.18.0-1.el8", filename: rpmPath(one) },
      ...{ size: one.rpm.length, sha256 },
      archive: { site: "fedora", suite } as const,
    };
    const lock = { [fedora.id]: pin };
    const unsigned = `Cannot trust ${name}: it is not signed; `;
    const refused = async (lock: Lock | undefined): Promise<void> => {
      await assert.rejects(lab.have({ lock }, fedora), (error: Error) => {
        assert.ok(error.message.startsWith(unsigned), error.message);
        return true;
      });
    };
    await refused(lock);
    const url = `${lab.archive.url}/${suite}/${rpmPath(one)}#sha256=${sha256}`;
    const [given] = selectKernels([`given=${url}`], []);
    await lab.have({}, given);
    await refused(lock);
    await refused(undefined);
    await assert.rejects(lab.have({ lock, offline: true }, fedora), {
      message:
        `${name} is not in the cache with its signature checked; run it once without --offline`,
    });
  });

  it("is had once where its signature was looked at, or could not be", async () => {
    for (const keyrings of [[key.keyring], []]) {
      await using lab = await Lab.open(key);
      const sign = (header: Data): Promise<Data> => key.signBeside(header, "");
      await publishRpms(lab.archive, suite, [await entry("1.el8", { sign })]);
      const fedora = row("fedora");
      await lab.have({ keyrings }, fedora);
      const { pin } = await readLast(fedora, lab.cache);
      assert.ok(pin);
      lab.told.length = 0;
      const lock = { [fedora.id]: pin };
      await lab.have({ keyrings, lock }, fedora);
      await lab.have({ keyrings }, fedora);
      assert.equal(lab.asked(".rpm"), 1);
      const warnings = lab.told.filter((text) => text.startsWith("warning"));
      assert.equal(warnings.length, keyrings.length > 0 ? 0 : 2);
    }
  });

  it("writes an image to its own place, wherever its name leads", async () => {
    await using lab = await Lab.open(key);
    const name = "lib/modules/../vmlinuz";
    const one = await rpm({ [name]: bzImage("x") });
    assert.ok((await withFile(one, names)).includes(name));
    const entry = { version: "4.18.0", release: "1.el8", rpm: one };
    await publishRpms(lab.archive, suite, [entry]);
    const { path } = await lab.have({}, row());
    assert.match(
      path.slice(lab.cache.length),
      /^\/kernels\/[0-9a-f]{64}\/vmlin/,
    );
  });

  it("says of a damaged package what is wrong", async () => {
    const whole = (await entry("80.el8")).rpm;
    assert.equal((await withFile(whole, names)).length, 3);
    await assert.rejects(
      withFile(whole.slice(0, 50), names),
      /^Error: It is not an rpm/,
    );
    await assert.rejects(
      withFile(whole.slice(0, 130), names),
      /cut short|damaged/,
    );
    const damaged = whole.slice();
    damaged[96] = 0;
    await assert.rejects(withFile(damaged, names), /damaged at byte 96/);
    const { header } = await withFile(whole, readRpm);
    const cut = whole.slice(0, header.end + 20);
    await assert.rejects(withFile(cut, names), /payload.xz/);
  });
});

describe("compareRpmVersions", () => {
  it("orders versions as rpm does", () => {
    const oldestFirst = [
      "4.18.0~rc1-1.el8",
      "4.18.0-80.el8",
      "4.18.0-80.1.2.el8_0",
      "4.18.0-553.el8_10",
      "4.18.0-553.16.1.el8_10",
      "4.18.0^git1-1.el8",
      "4.18.1-1.el8",
      "1:0.1-1",
    ];
    const sorted = [...oldestFirst].reverse().sort(compareRpmVersions);
    assert.deepEqual(sorted, oldestFirst);
    for (const [a, b] of [["1.01", "1.1"], ["0:1", "1"], ["1.0", "1-0"]]) {
      const order = Math.sign(compareRpmVersions(a ?? "", b ?? ""));
      assert.equal(order, a === "1.0" ? 1 : 0, `${a} ? ${b}`);
    }
  });
});
