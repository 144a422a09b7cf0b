/**
 * Stands in for QEMU in the tests of the machine: takes the same arguments and plays a guest's life
 * on the two ports. Started as `fake_qemu.ts SCENE QEMU-ARGUMENTS…`.
 *
 * @module
 */

const [scene = "", ...args] = Deno.args;
const encoder = new TextEncoder();

function match(pattern: RegExp): string {
  return pattern.exec(args.join(" "))?.[1] ?? "";
}

function console(text: string): void {
  Deno.stdout.writeSync(encoder.encode(text));
}

const nonce = match(/ringside\.nonce=([0-9a-f]+)/);

async function results(...texts: string[]): Promise<void> {
  for (const text of texts) {
    const bytes = encoder.encode(text.replaceAll("RS ", `RS ${nonce} `));
    for (let done = 0; done < bytes.length;) {
      done += await port.write(bytes.subarray(done));
    }
  }
}

function forever(): Promise<never> {
  return new Promise(() => setInterval(() => {}, 1000));
}

const scenes: Record<string, () => Promise<unknown>> = {
  good: async () => {
    console("error: Uncaught, says the program\n");
    await results("RS up\n", '{"a":1}\r\n', "two\nhalf", "RS exit 3\n");
  },
  forged: () =>
    results("RS up\n", "RSx exit 0\n", "RS\texit 0\n", "RS exit 7\n"),
  signal: async () => {
    await results("RS up\n", "RS signal 11\n");
    console("reboot: Power down\n");
  },
  oom: async () => {
    console("Out of memory: Killed process 28 (deno) total-vm:1kB\n");
    await results("RS up\n", "one\n", "RS signal 9\n");
  },
  panic: async () => {
    await results("RS up\n", "one\n");
    console("Kernel panic - not syncing: Fatal exception\nCall Trace:\n");
    await forever();
  },
  latePanic: async () => {
    await results("RS up\n", "RS exit 0\n");
    console("Kernel panic - not syncing: in power-off\n");
  },
  reboot: async () => {
    await results("RS up\n");
    console("reboot: Restarting system\r\n");
  },
  quiet: () => results("RS up\n", "one\n"),
  silent: forever,
  stuck: async () => {
    console("Freeing initrd memory: 1K\n");
    await forever();
  },
  endless: async () => {
    await results("RS up\n", "one\n");
    await forever();
  },
  noPowerOff: async () => {
    await results("RS up\n", "RS exit 0\n");
    await forever();
  },
  longLine: async () => {
    await results("RS up\n");
    while (true) await results("x".repeat(1 << 16));
  },
  lines: async () => {
    await results("RS up\n");
    while (true) await results(`${"x".repeat(99)}\n`.repeat(1000));
  },
  flood: async () => {
    const noise = "console noise\n".repeat(1000);
    await results("RS up\n");
    for (let i = 0; i < 200; i++) console(noise);
    for (let i = 0; i < 200; i++) await results(`line ${i}\n`);
    await results("RS exit 0\n");
  },
};

if (args[0] === "--version") {
  console("QEMU emulator version 7.2.22 (a stand-in)\n");
  Deno.exit(0);
}
if (scene === "badArgument") {
  Deno.stderr.writeSync(
    encoder.encode("qemu: warning: slow\nqemu: no such machine\n"),
  );
  Deno.exit(1);
}
const port = await Deno.connect({
  transport: "unix",
  path: match(/id=results,path=(\S+)/),
});
await scenes[scene]?.();
port.close();
