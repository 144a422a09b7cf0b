/**
 * Stands in for QEMU where a fault of the host is tried and no kernel is needed:
 * it takes the same arguments and speaks for a guest. Started as
 * `lab_stand_in.ts SCENE RELEASE CLAIMS QEMU-ARGUMENTS…`.
 *
 * @module
 */
import { lines } from "../../kernels/lines.ts";
import { encode, type Message } from "../wire.ts";

const [scene = "", release = "", ids = "", ...args] = Deno.args;
const claims = ids.split(",");
const encoder = new TextEncoder();

function match(pattern: RegExp): string {
  return pattern.exec(args.join(" "))?.[1] ?? "";
}

/** Whether it is started to see that it comes up, and for no program. */
const isBare = args.join(" ").includes("ringside.bare");
/** The first process's, and from its order on what it is given. */
let nonce = match(/ringside\.nonce=([0-9a-f]+)/);
/** What the program puts into its messages. */
let run = "";

function show(text: string): void {
  Deno.stdout.writeSync(encoder.encode(text));
}

function forever(): Promise<never> {
  return new Promise(() => setInterval(() => {}, 1000));
}

/** Writes to the results' port. */
async function say(...texts: readonly string[]): Promise<void> {
  for (const text of texts) {
    const bytes = encoder.encode(text);
    for (let sent = 0; sent < bytes.length;) {
      sent += await port.write(bytes.subarray(sent));
    }
  }
}

const hello: Message = {
  ...{ type: "hello", release, arch: "x86_64", cpus: 1 },
  ...{ deno: Deno.version.deno, libbpf: "1.1" },
};

function proof(id: string): string {
  const verdict = "holds" as const;
  return encode({ type: "start", id }, run) +
    encode({ type: "end", id, verdict, ms: 1, evidence: {} }, run);
}

/** Waits for its order, which comes when all that was said is taken. */
async function order(): Promise<void> {
  await say(`RS ${nonce} ready\n`);
  const { value = "" } = await orders.next();
  nonce = value.split(" ")[0] ?? "";
  run = /--nonce=([^"]+)/.exec(value)?.[1] ?? "";
}

/** A guest that is up and has proved the first of its claims. */
async function begin(): Promise<void> {
  await say(`RS ${nonce} up\n`);
  await order();
  await say(
    encode(hello, run),
    encode({ type: "transport", transport: "ring", reason: "ok" }, run),
    proof(claims[0] ?? ""),
  );
}

async function finish(): Promise<void> {
  await say(...claims.slice(1).map(proof), encode({ type: "bye" }, run));
  await say(`RS ${nonce} exit 0\n`);
}

const scenes: Readonly<Record<string, () => Promise<unknown>>> = {
  good: async () => {
    await begin();
    await finish();
  },
  endless: async () => {
    await begin();
    await order();
    Deno.writeTextFileSync(Deno.env.get("HALFWAY") ?? "", "");
    await forever();
  },
  silent: async () => {
    await say(`RS ${nonce} up\n`);
    if (isBare) await say(`RS ${nonce} exit 0\n`);
    else await forever();
  },
  slow: async () => {
    await begin();
    await new Promise((resolve) => setTimeout(resolve, 3000));
    await finish();
  },
  console: async () => {
    await begin();
    const noise = "noise on the console\n".repeat(5000);
    for (let sent = 0; sent < 100 << 20; sent += noise.length) show(noise);
    await finish();
  },
  // Under KVM nothing comes behind the firmware's first line.
  noKvm: async () => {
    if (args.includes("kvm")) {
      show("Booting from ROM..\n");
      await forever();
    }
    if (isBare) {
      await say(`RS ${nonce} up\n`, `RS ${nonce} exit 0\n`);
    } else {
      await begin();
      await finish();
    }
  },
};

const port = await Deno.connect({
  transport: "unix",
  path: match(/id=results,path=([^\s,]+)/),
});
const orders = lines(port.readable, 1 << 16);
await scenes[scene]?.();
port.close();
