/**
 * A small archive as Debian's are, served on loopback: for tests that fetch kernels.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { packTar } from "npm:modern-tar@^0.8.0";

/** Bytes of a file. */
export type Data = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();

/** One after the other. */
export function concat(...parts: (Data | string)[]): Data {
  return new Uint8Array(
    Buffer.concat(
      parts.map((p) => typeof p === "string" ? encoder.encode(p) : p),
    ),
  );
}

/** The sha256 in hex. */
export function digest(bytes: Data): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** What a program makes of `input`. */
export async function pipe(
  program: string,
  args: string[],
  input: Data | string,
): Promise<Data> {
  const child = new Deno.Command(program, {
    args,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const fed = new Blob([input]).stream().pipeTo(child.stdin);
  const { success, stdout, stderr } = await child.output();
  await fed;
  if (!success) {
    throw new Error(`${program}: ${new TextDecoder().decode(stderr)}`);
  }
  return stdout;
}

/** What an image's header says, where it is not as usual. */
export interface Odd {
  readonly magic?: string;
  readonly protocol?: number;
  readonly flags?: number;
  readonly version?: string;
  readonly size?: number;
  readonly sectors?: number;
}

/** A kernel image of `release` that has a header and no kernel. */
export function bzImage(release: string, odd: Odd = {}): Data {
  const little = true;
  const sectors = odd.sectors ?? 3;
  const bytes = new Uint8Array(odd.size ?? ((sectors || 4) + 1) * 512 + 640);
  const view = new DataView(bytes.buffer);
  view.setUint8(0x1f1, sectors);
  view.setUint32(0x1f4, 640 / 16, little);
  bytes.set(encoder.encode(odd.magic ?? "HdrS"), 0x202);
  view.setUint16(0x206, odd.protocol ?? 0x20d, little);
  view.setUint16(0x20e, 0x300, little);
  view.setUint16(0x236, odd.flags ?? 0x7f, little);
  bytes.set(
    encoder.encode(odd.version ?? `${release} (who@where) #1 SMP\0`),
    0x500,
  );
  return bytes;
}

/** An ar archive of these files. */
export function ar(
  files: readonly (readonly [name: string, bytes: Data])[],
): Data {
  const members = files.map(([name, bytes]) => {
    const fields = [name.padEnd(16), "0".padEnd(12), "0     0     100644  "];
    const header = `${fields.join("")}${String(bytes.length).padEnd(10)}\`\n`;
    return concat(header, bytes, bytes.length % 2 ? "\n" : "");
  });
  return concat("!<arch>\n", ...members);
}

/** A Debian package that holds `files`. */
export async function deb(
  files: Record<string, Data>,
  ending = "xz",
): Promise<Data> {
  const entries = Object.entries(files).map(([name, body]) => ({
    header: { name, size: body.length, type: "file" as const },
    body,
  }));
  const data = await packTar(entries);
  const program = { xz: "xz", zst: "zstd", gz: "gzip" }[ending];
  const packed = program ? await pipe(program, ["-c"], data) : data;
  const debian = concat("2.0\n");
  return ar([
    ["debian-binary", debian],
    ["control.tar.xz", new Uint8Array(7)],
    [program ? `data.tar.${ending}` : "data.tar", packed],
  ]);
}

/** A key of its own, for signing indexes. */
export class Key implements AsyncDisposable {
  private constructor(readonly home: string, readonly keyring: string) {}

  /** Makes a key, which takes gpg. */
  static async make(signer = "Test"): Promise<Key> {
    const home = await Deno.makeTempDir({ prefix: "key-" });
    const key = new Key(home, `${home}/keyring.gpg`);
    try {
      await key.gpg([
        "--passphrase",
        "",
        "--allow-freeform-uid",
        "--quick-gen-key",
        signer,
        "ed25519",
        "sign",
        "never",
      ]);
      await Deno.writeFile(key.keyring, await key.export());
      return key;
    } catch (error) {
      await key[Symbol.asyncDispose]();
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      throw new Error("gpg is not installed (apt-get install gpg gpg-agent)");
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await pipe("gpgconf", ["--homedir", this.home, "--kill", "gpg-agent"], "")
      .catch(() => {});
    await Deno.remove(this.home, { recursive: true });
  }

  private async gpg(args: string[], input: Data | string = ""): Promise<Data> {
    return await pipe("gpg", [
      "--homedir",
      this.home,
      "--batch",
      "--quiet",
      ...args,
    ], input);
  }

  /** The public half, as a keyring has it. */
  async export(...more: string[]): Promise<Data> {
    return await this.gpg([...more, "--export"]);
  }

  /** A signature of `bytes`, in armour where it is for a file beside them. */
  async signBeside(bytes: Data, armour = "--armor"): Promise<Data> {
    const args = [armour, "--detach-sign", "--output", "-"].filter(Boolean);
    return await this.gpg(args, bytes);
  }

  /** The fingerprint of the key. */
  async fingerprint(): Promise<string> {
    const listed = await this.gpg(["--list-keys", "--with-colons"]);
    const text = new TextDecoder().decode(listed);
    return /^fpr:+([0-9A-F]+):$/m.exec(text)?.[1] ?? "";
  }

  /** Signs by a subkey from now on; its bytes, which follow those of the key. */
  async addSubkey(): Promise<Data> {
    const { length } = await this.export();
    const kind = ["ed25519", "sign", "never"];
    const key = await this.fingerprint();
    await this.gpg(["--passphrase", "", "--quick-add-key", key, ...kind]);
    return (await this.export()).slice(length);
  }

  /** Writes into the keyring that the key is not to be believed any more. */
  async revoke(): Promise<void> {
    // gpg wrote the certificate with the key, and a colon before it against haste.
    const path = `${this.home}/openpgp-revocs.d/${await this
      .fingerprint()}.rev`;
    const certificate = await Deno.readTextFile(path);
    await this.gpg(["--import"], certificate.replace(":-----", "-----"));
    await Deno.writeFile(this.keyring, await this.export());
  }

  /** `text` with a signature around it. */
  async sign(text: string): Promise<Data> {
    return await this.gpg(["--clearsign", "--output", "-"], text);
  }
}

/** A package to publish. */
export interface Entry {
  readonly name: string;
  readonly version: string;
  readonly deb: Data;
}

/** An archive on loopback, as long as its block. */
export class Archive implements AsyncDisposable {
  /** By path; a test may change what is served. */
  readonly files = new Map<string, Data>();
  /** The paths that were asked for. */
  readonly requests: string[] = [];
  /** Answers instead of `files` where it gives an answer. */
  answer: (path: string, request: Request) => Response | undefined = () =>
    undefined;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor(readonly key: Key | undefined) {
    const options = {
      port: 0,
      hostname: "127.0.0.1",
      onListen: () => {},
      // A line that a test breaks is no error of the server's.
      onError: () => new Response(null, { status: 500 }),
    };
    this.#server = Deno.serve(options, (request) => {
      const path = decodeURIComponent(new URL(request.url).pathname.slice(1));
      this.requests.push(path);
      const file = this.files.get(path);
      return this.answer(path, request) ??
        new Response(file ?? null, { status: file ? 200 : 404 });
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  /** Its URL. */
  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** Puts the packages into the pool and writes the suite's indexes. */
  async publish(
    suite: string,
    entries: readonly Entry[],
    fields: string[] = [],
    arch = "amd64",
  ): Promise<void> {
    const stanzas = entries.map(({ name, version, deb }) => {
      const filename = `pool/${name}_${version}_${arch}.deb`;
      this.files.set(filename, deb);
      const lines = [
        `Package: ${name}`,
        `Version: ${version}`,
        `Filename: ${filename}`,
      ];
      return [...lines, `Size: ${deb.length}`, `SHA256: ${digest(deb)}`].join(
        "\n",
      );
    });
    const other =
      "Package: hello\nVersion: 1\nDescription: says hello\n and no more";
    const text = [other, ...stanzas].join("\n\n") + "\n\n";
    const index = await pipe("xz", ["-c"], text);
    const path = `main/binary-${arch}/Packages.xz`;
    this.files.set(`dists/${suite}/${path}`, index);
    const sums = `SHA256:\n ${digest(index)} ${index.length} ${path}\n`;
    const head = fields.length > 0
      ? fields
      : ["Suite: stable", `Codename: ${suite}`];
    await this.sign(suite, `${head.join("\n")}\n${sums}`);
  }

  /** Serves `text` as the suite's signed index. */
  async sign(suite: string, text: string): Promise<void> {
    const bytes = await this.key?.sign(text) ?? concat(text);
    this.files.set(`dists/${suite}/InRelease`, bytes);
  }
}
