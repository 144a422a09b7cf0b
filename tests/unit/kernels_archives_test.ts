/**
 * The formats of Debian's archive: versions, ar, tar, indexes, apt's targets.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { packTar } from "npm:modern-tar@^0.8.0";
import { members } from "../../kernels/ar.ts";
import { bytesAt } from "../../kernels/bytes_at.ts";
import { compareVersions } from "../../kernels/deb_version.ts";
import { checkRelease, parseRelease } from "../../kernels/in_release.ts";
import { kernelNames } from "../../kernels/index_format.ts";
import { packagesIn } from "../../kernels/packages_index.ts";
import { archiveUrl, parseMirrors, parseTarget } from "../../kernels/sites.ts";
import { tarEntries } from "../../kernels/tar.ts";
import type { Bytes } from "../../kernels/unpack.ts";
import { Dice } from "./dice.ts";
import { ar } from "./kernels_archive.ts";

async function* pieces(bytes: Uint8Array<ArrayBuffer>, size: number): Bytes {
  for (let at = 0; at < bytes.length; at += size) {
    yield await bytes.slice(at, at + size);
  }
}

/** Nothing where there is no dpkg, or where it takes one of them for no version. */
function dpkgSays(a: string, b: string): number | undefined {
  const script =
    'for o in lt eq gt; do dpkg --compare-versions "$0" $o "$1" && echo $o; done';
  const args = ["-c", script, a, b];
  const { stdout } = new Deno.Command("sh", { args, stderr: "null" })
    .outputSync();
  const order = ["lt", "eq", "gt"].indexOf(
    new TextDecoder().decode(stdout).trim(),
  );
  return order < 0 ? undefined : order - 1;
}

describe("compareVersions", () => {
  const oldestFirst = [
    "5.10.0~rc1-1",
    "5.10.0-1",
    "5.10.9-1",
    "5.10.28-1~bpo10+1",
    "5.10.28-1",
    "5.10.28-1+deb11u1",
    "5.10.100-1",
    "1:0.1",
  ];

  it("orders versions as Debian does", () => {
    assert.deepEqual(
      [...oldestFirst].reverse().sort(compareVersions),
      oldestFirst,
    );
  });

  it("takes leading zeros, a missing epoch and a missing revision for nothing", () => {
    for (
      const [a, b] of [["1.01", "1.1"], ["0:1", "1"], ["1", "1-0"]] as const
    ) {
      assert.equal(compareVersions(a, b), 0, `${a} = ${b}`);
    }
  });

  it("agrees with dpkg on 80 generated pairs", () => {
    const dice = new Dice(1);
    const alphabet = [
      "0",
      "1",
      "10",
      "09",
      "~",
      "+",
      "-",
      "a",
      "Z",
      ".",
      "rc",
      "~~",
    ];
    const version = (): string => {
      const epoch = dice.below(4) === 0 ? `${dice.below(3)}:` : "";
      const rest = Array.from(
        { length: dice.below(7) },
        () => alphabet[dice.below(alphabet.length)],
      );
      return `${epoch}${dice.below(12)}${rest.join("")}`;
    };
    for (let i = 0; i < 80; i++) {
      const a = version();
      const b = dice.below(3) > 0
        ? version()
        : `${a}${alphabet[dice.below(alphabet.length)]}`;
      const said = dpkgSays(a, b);
      if (said !== undefined) {
        assert.equal(Math.sign(compareVersions(a, b)), said, `${a} ? ${b}`);
      }
    }
  });
});

describe("members", () => {
  async function read(bytes: Uint8Array): Promise<[string, Uint8Array][]> {
    const path = await Deno.makeTempFile();
    try {
      await Deno.writeFile(path, bytes);
      using file = await Deno.open(path);
      const found: [string, Uint8Array][] = [];
      for await (const { name, offset, size } of members(file)) {
        found.push([name, await bytesAt(file, offset, size)]);
      }
      return found;
    } finally {
      await Deno.remove(path);
    }
  }

  it("finds every member of generated archives", async () => {
    const dice = new Dice(2);
    for (let i = 0; i < 20; i++) {
      const files = Array.from({ length: dice.below(5) }, (_, n) => {
        const bytes = Uint8Array.from(
          { length: dice.below(300) },
          () => dice.below(256),
        );
        return [`file-${n}`, bytes] as const;
      });
      assert.deepEqual(await read(ar(files)), files);
    }
  });

  it("says of anything else what is wrong", async () => {
    const whole = ar([["a", new Uint8Array(100)]]);
    await assert.rejects(
      read(new Uint8Array(0)),
      /^Error: It is not an ar archive$/,
    );
    await assert.rejects(
      read(whole.slice(0, 120)),
      /cut short: 120 of 168 bytes/,
    );
    await assert.rejects(read(whole.slice(0, 40)), /damaged at byte 8/);
  });
});

describe("tarEntries", () => {
  const files = [["./a", 0], ["./boot/b", 513], ["./c", 1024], [
    `${"d/".repeat(60)}e`,
    7,
  ]] as const;
  const pack = (): Promise<Uint8Array<ArrayBuffer>> =>
    packTar(files.map(([name, size]) => ({
      header: { name, size, type: "file" as const },
      body: new Uint8Array(size).fill(size),
    })));

  it("reads entries however the bytes are cut, whether they are read or skipped", async () => {
    for (const size of [1, 7, 511, 512, 4096, 1 << 20]) {
      const found: [string, number][] = [];
      for await (
        const { name, body, ...entry } of tarEntries(pieces(await pack(), size))
      ) {
        found.push([name, entry.size]);
        if (entry.size !== 513) continue;
        const bytes = await Array.fromAsync(body);
        assert.equal(bytes.reduce((sum, chunk) => sum + chunk.length, 0), 513);
      }
      assert.deepEqual(found, files);
    }
  });

  it("says when an archive is damaged or cut short", async () => {
    const bytes = await pack();
    const names = async (tar: Uint8Array<ArrayBuffer>): Promise<string[]> =>
      (await Array.fromAsync(tarEntries(pieces(tar, 100)))).map(({ name }) =>
        name
      );
    await assert.rejects(names(bytes.slice(0, 1300)), /cut short/);
    bytes[0] = 65;
    await assert.rejects(names(bytes), /damaged/);
  });
});

describe("an index", () => {
  const sum = "ab".repeat(32);
  const text = [
    "Suite: oldstable",
    "Codename: bookworm",
    "Valid-Until: Sat, 28 Nov 2026 02:10:46 UTC",
    "MD5Sum:",
    " 00 1 main/x",
    "SHA256:",
    ` ${sum}   12 main/binary-amd64/Packages.xz`,
    "",
  ].join("\n");

  it("says its suite, its end and the checksums below it", () => {
    const release = parseRelease(text);
    assert.deepEqual(release.names, ["bookworm", "oldstable"]);
    assert.deepEqual([...release.sums], [
      ["main/binary-amd64/Packages.xz", { sha256: sum, size: 12 }],
    ]);
    const archive = { site: "debian", suite: "bookworm" } as const;
    checkRelease(release, archive, new Date("2026-11-28T02:00:00Z"));
    const late = (): void =>
      checkRelease(release, archive, new Date("2026-11-29"));
    assert.throws(late, /The index of bookworm expired on 2026-11-28/);
  });

  it("offers kernels with all that is needed to fetch them", async () => {
    const stanza = (name: string, version: string, more = ""): string =>
      `Package: ${name}\nVersion: ${version}\n${
        more || "Filename: pool/x.deb"
      }\n` +
      `Size: 5\nSHA256: ${sum}\n\n`;
    const index = stanza("linux-image-6.1.0-9-amd64", "6.1.9-1") +
      stanza("linux-image-6.1.0-10-amd64", "6.1.10-1") +
      stanza(
        "linux-image-6.1.0-99-amd64",
        "6.1.99-1",
        "Filename: ../../etc/x.deb",
      ) +
      stanza("linux-image-amd64", "6.1.200-1") + stanza("hello", "9");
    for (const size of [1, 10, 1000]) {
      const found = await packagesIn(
        pieces(new TextEncoder().encode(index), size),
        kernelNames,
      );
      assert.deepEqual(found.map((p) => p.version), ["6.1.9-1", "6.1.10-1"]);
    }
  });
});

describe("sites", () => {
  it("are Debian's lines of apt's targets, by what they carry", () => {
    const lines = {
      "main|bookworm|Debian|http://a/debian/": ["debian", "http://a/debian/"],
      "main|bookworm-security|Debian-Security|http://a/s/": [
        "security",
        "http://a/s/",
      ],
      "main|trixie|$(LABEL)|https://a/d/": ["debian", "https://a/d/"],
      "main|bookworm|HashiCorp|https://a/": undefined,
      "main|noble-updates|Ubuntu|http://a/u/": ["ubuntu", "http://a/u/"],
      "main|noble|Mint|http://a/ubuntu/": undefined,
      "contrib|bookworm|Debian|http://a/debian/": undefined,
      "main|bookworm|Debian|cdrom:[x]/": undefined,
      "": undefined,
    };
    for (const [line, site] of Object.entries(lines)) {
      assert.deepEqual(parseTarget(line), site);
    }
  });

  it("are joined to folders without a double slash", async () => {
    const at = async (
      archive: Parameters<typeof archiveUrl>[0],
    ): Promise<string> =>
      (await archiveUrl(archive, { debian: "http://m/debian//" })).href;
    assert.equal(
      await at({ site: "debian", suite: "sid" }),
      "http://m/debian/",
    );
    assert.equal(
      await at({ site: "archive", suite: "buster/updates" }),
      "https://archive.debian.org/debian-security/",
    );
    assert.equal(
      await at({ site: "snapshot", suite: "sid", at: "20200301T000000Z" }),
      "https://snapshot.debian.org/archive/debian/20200301T000000Z/",
    );
  });

  it("are replaced by SITE=URL, and by nothing else", () => {
    assert.deepEqual(
      parseMirrors(["debian=http://m/d", "snapshot=https://s"]),
      {
        debian: "http://m/d",
        snapshot: "https://s",
      },
    );
    assert.throws(
      () => parseMirrors(["debain=http://m"]),
      /did you mean debian/,
    );
    assert.throws(
      () => parseMirrors(["debian=ftp://m"]),
      /must begin with http/,
    );
    assert.throws(() => parseMirrors(["http://m"]), /give it as SITE=URL/);
  });
});
