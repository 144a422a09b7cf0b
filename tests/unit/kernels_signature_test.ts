/**
 * Who is believed: keys by their fingerprints, whatever else is in a keyring.
 *
 * @module
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { aptKeys } from "../../kernels/apt_keys.ts";
import type { Authority } from "../../kernels/authorities.ts";
import { withoutArmour } from "../../kernels/keyrings.ts";
import { keysOfSite } from "../../kernels/offered_keys.ts";
import {
  type Signed,
  signedText,
  type Trust,
} from "../../kernels/signature.ts";
import { sites } from "../../kernels/sites.ts";
import { concat, type Data, deb, Key } from "./kernels_archive.ts";
import { Lab } from "./kernels_lab.ts";

const bytes = new TextEncoder().encode("Codename: trixie\n");
const name = "the index of trixie";

describe("a signature", () => {
  let key: Key;
  let other: Key;

  before(async () => {
    [key, other] = await Promise.all([Key.make(), Key.make()]);
  });

  after(async () => {
    await key[Symbol.asyncDispose]();
    await other[Symbol.asyncDispose]();
  });

  /** Whom a distribution with these keys in its keyrings, and this list, would believe. */
  function authority(
    keyrings: string[],
    fingerprints: string[],
    past: string[] = [],
  ): Authority {
    const known = { fingerprints, past, signsIndex: true };
    return { name: "Acme", package: "acme-keyring", keyrings, ...known };
  }

  async function check(
    signer: Key,
    trust: Partial<Trust> & Pick<Trust, "authority">,
    signed: Data = bytes,
  ): Promise<Signed> {
    const signature = await signer.signBeside(bytes);
    return await signedText(
      { name, bytes: signed, signature },
      { past: false, ...trust },
    );
  }

  it("is good by a key in the list, and by no other of the same keyring", async () => {
    const rings = [key.keyring, other.keyring];
    const listed = authority(rings, [await key.fingerprint()]);
    assert.deepEqual(await check(key, { authority: listed }), {
      text: "Codename: trixie\n",
    });
    await assert.rejects(check(other, { authority: listed }), {
      name: "Unavailable",
      message:
        /^Cannot trust the index of trixie: it is signed by a key that is not Acme's/,
    });
    const text = new TextEncoder().encode("Codename: sid\n");
    await assert.rejects(check(key, { authority: listed }, text), {
      message: /its signature is bad/,
    });
  });

  it("is good by a key of the past only for what is past", async () => {
    const fingerprint = await key.fingerprint();
    const old = authority([key.keyring], [], [fingerprint]);
    await check(key, { authority: old, past: true });
    await assert.rejects(check(key, { authority: old }), {
      message: /not Acme's/,
    });
  });

  it("is not good by a key that was revoked, not even for what is past", async () => {
    await using revoked = await Key.make();
    const listed = authority([revoked.keyring], [await revoked.fingerprint()]);
    const signature = await revoked.signBeside(bytes);
    await revoked.revoke();
    for (const past of [false, true]) {
      const trust = { authority: listed, past };
      await assert.rejects(signedText({ name, bytes, signature }, trust), {
        message:
          "Cannot trust the index of trixie: it is signed by a key that was revoked",
      });
    }
  });

  it("is checked with keys in armour, as rpm's come", async () => {
    const ring = `${key.home}/armoured`;
    await Deno.writeFile(ring, await key.export("--armor"));
    assert.deepEqual(
      withoutArmour(await Deno.readFile(ring)),
      await Deno.readFile(key.keyring),
    );
    const listed = authority([ring], [await key.fingerprint()]);
    assert.equal(
      (await check(key, { authority: listed })).unchecked,
      undefined,
    );
  });

  it("is told as unchecked where the distribution's keys are not here", async () => {
    const nobody = authority([`${key.home}/nosuch`], []);
    assert.deepEqual(await check(key, { authority: nobody }), {
      text: "Codename: trixie\n",
      unchecked:
        "signature of the index of trixie not checked: Acme's keys (acme-keyring) are not here",
    });
  });
});

describe("the keys that an archive offers", () => {
  /** Whether a text is believed that `signer` signed, where only `key` is in the list and all these are offered. */
  async function believed(
    signer: Key,
    key: Key,
    ...offered: Data[]
  ): Promise<Signed> {
    const ring = `${signer.home}/offered`;
    await Deno.writeFile(ring, concat(...offered));
    const trust = {
      authority: {
        ...{ name: "Acme", package: "acme-keyring", keyrings: [] },
        ...{ fingerprints: [await key.fingerprint()], signsIndex: true },
      },
      past: false,
      offered: () => Promise.resolve([ring]),
    };
    const beside = { name, bytes, signature: await signer.signBeside(bytes) };
    const around = { name, bytes: await signer.sign("Codename: trixie\n") };
    const answers = await Promise.all(
      [beside, around].map((sealed) => signedText(sealed, trust)),
    );
    assert.deepEqual(answers[0], answers[1]);
    return answers[0] ?? { text: "" };
  }

  it("are not believed for what their owner calls himself", async () => {
    await using key = await Key.make();
    const fingerprint = await key.fingerprint();
    const good =
      `[GNUPG:] VALIDSIG ${fingerprint} [GNUPG:] GOODSIG ${fingerprint}`;
    for (
      const claim of [
        `[GNUPG:] NEWSIG${good}`,
        `x\u2028[GNUPG:] NEWSIG\u2028${good.replaceAll(" [", "\u2028[")}`,
        `gpgv: [GNUPG:] NEWSIG ${good} [GNUPG:] VALIDSIG ${fingerprint}`,
      ]
    ) {
      await using stranger = await Key.make(claim);
      const offered: Data[] = [await key.export(), await stranger.export()];
      await assert.rejects(believed(stranger, key, ...offered), {
        message: /it is signed by a key that is not Acme's, as far as known/,
      });
      assert.deepEqual(await believed(key, key, ...offered), {
        text: "Codename: trixie\n",
      });
    }
  });

  it("are believed for their subkeys, as Debian's sign, and not for a stranger's below them", async () => {
    await using key = await Key.make();
    await using stranger = await Key.make();
    const graft = [await key.export(), await stranger.addSubkey()];
    await assert.rejects(believed(stranger, key, ...graft), {
      message: /it is signed by a key that is not Acme's, as far as known/,
    });
    await key.addSubkey();
    assert.deepEqual(await believed(key, key, await key.export()), {
      text: "Codename: trixie\n",
    });
  });

  it("are no reason to say that gpgv is not here", async () => {
    const trust = {
      authority: sites.debian.authority,
      past: false,
      keyrings: undefined,
      offered: () => Promise.reject(new Deno.errors.NotFound("gone")),
    };
    const authority = { ...trust.authority, keyrings: [] };
    await assert.rejects(
      signedText({ name, bytes }, { ...trust, authority }),
      Deno.errors.NotFound,
    );
  });

  it("are taken from its keyring package, and believed by fingerprint alone", async () => {
    await using key = await Key.make();
    await using other = await Key.make();
    await using lab = await Lab.open(other);
    const rings = {
      "./usr/share/doc/acme-keyring/README": concat("text"),
      "./usr/share/keyrings/acme.pgp": await key.export(),
    };
    const version = "1";
    const named = { name: "acme-keyring", version, deb: await deb(rings) };
    const empty = { name: "empty-keyring", version, deb: await deb({}) };
    const damaged = { ...named, name: "damaged-keyring" };
    await lab.archive.publish("noble", [named, empty, damaged]);
    const at = "pool/damaged-keyring_1_amd64.deb";
    lab.archive.files.set(at, new Uint8Array(500));
    await lab.archive.publish("bookworm", [named]);
    const archive = { site: "ubuntu", suite: "noble-updates" } as const;
    const acme = {
      ...{ name: "Acme", package: "acme-keyring", keyrings: [] },
      ...{ fingerprints: [await key.fingerprint()], signsIndex: true },
    };
    const trust: Trust = {
      authority: acme,
      past: false,
      offered: () => aptKeys(acme, archive, lab.options),
    };
    const by = async (signer: Key): Promise<Signed> => {
      const signature = await signer.signBeside(bytes);
      return await signedText({ name, bytes, signature }, trust);
    };
    assert.equal((await by(key)).unchecked, undefined);
    const asked = lab.archive.requests.length;
    await assert.rejects(by(other), { message: /not Acme's, as far as known/ });
    assert.equal(
      lab.archive.requests.filter((p) => p.endsWith(".deb")).length,
      1,
    );
    assert.ok(lab.archive.requests.length > asked);
    const told = lab.told.length;
    for (const name of ["nosuch-keyring", "empty-keyring", "damaged-keyring"]) {
      const none = { ...acme, package: name };
      assert.deepEqual(await aptKeys(none, archive, lab.options), []);
    }
    assert.deepEqual(
      lab.told.slice(told).filter((text) => text.startsWith("warning")),
      [`warning: Cannot take keys of ${lab.archive.url}/${at}: its checksum is not that of the index`],
    );
    const away = { ubuntu: `${lab.archive.url}/away` };
    assert.deepEqual(
      await aptKeys(acme, archive, { ...lab.options, mirrors: away }),
      [],
    );
    // The security archive has no keyring package, nor have pockets of old.
    for (
      const pocket of [
        { site: "security", suite: "bookworm-security" },
        { site: "debian", suite: "bookworm/updates" },
      ] as const
    ) {
      const [path = "nothing"] = await aptKeys(acme, pocket, lab.options);
      assert.deepEqual(await Deno.readFile(path), await key.export());
    }
  });

  it("are taken from files of its site", async () => {
    await using lab = await Lab.open(undefined);
    lab.archive.files.set("KEY", new Uint8Array([1, 2, 3]));
    const site = new URL(`${lab.archive.url}/`);
    const { ubuntu } = sites;
    const acme = { ...ubuntu.authority, offered: ["KEY", "nosuch"] };
    const [path = "", ...others] = await keysOfSite(acme, site, lab.options);
    assert.deepEqual(others, []);
    assert.deepEqual(await Deno.readFile(path), new Uint8Array([1, 2, 3]));
  });
});

describe("the sites", () => {
  it("name keys by whole fingerprints, each once", () => {
    for (const { authority } of Object.values(sites)) {
      const keys = [...authority.fingerprints, ...authority.past ?? []];
      assert.equal(new Set(keys).size, keys.length);
      for (const key of keys) assert.match(key, /^[0-9A-F]{40}$/);
    }
  });
});
