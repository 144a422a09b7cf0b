/**
 * Stands in for QEMU in the tests of the machine: takes the same arguments and plays a guest's life
 * on the two ports. Started as `fake_qemu.ts SCENE QEMU-ARGUMENTS…`.
 *
 * @module
 */

import { lines } from "../../kernels/lines.ts";

const [scene = "", ...args] = Deno.args;
const encoder = new TextEncoder();

function match(pattern: RegExp): string {
  return pattern.exec(args.join(" "))?.[1] ?? "";
}

function console(text: string): void {
  Deno.stdout.writeSync(encoder.encode(text));
}

let nonce = match(/ringside\.nonce=([0-9a-f]+)/);
const thaws = args.includes("-incoming");
const ram = match(/mem-path=(\S+)/);
const state = ram.replace(/[^/]*$/, "state");

/** The line that comes in by the results' port; what is said from then on bears its nonce. */
async function order(): Promise<string> {
  const { value = "" } = await lines(port.readable, 1 << 16).next();
  const [first = "", _seconds, _nanoseconds, _seed, brings, ...words] = value
    .split(" ");
  nonce = first;
  const program = brings === "1" ? [match(/program,file=\S*\/(\S+)/)] : [];
  return [...words, ...program].join(" ");
}

/** Answers the monitor; what is frozen is the name of the scene. */
async function answerMonitor(connection: Deno.Conn): Promise<void> {
  const writer = connection.writable.getWriter();
  const answer = (value: unknown): Promise<void> =>
    writer.write(encoder.encode(`${JSON.stringify(value)}\n`));
  await answer({ QMP: {} });
  let [way, socket] = ["", ""];
  for await (const line of lines(connection.readable, 1 << 16)) {
    const { execute, arguments: options } = JSON.parse(line);
    const path = options?.uri?.replace("unix:", "") ?? "";
    socket = path || socket;
    await answer({ event: "NOISE" });
    if (execute === "migrate" && scene === "unfreezable") {
      await answer({ error: { desc: "no migration today" } });
    } else if (execute === "migrate" && isLarge) {
      await Deno.writeTextFile(ram, "memory");
      way = path;
      await answer({ return: {} });
    } else if (execute === "query-migrate" && way !== "") {
      // As QEMU does, it answers nothing while it writes.
      const file = await Deno.connect({ transport: "unix", path: way });
      const much = encoder.encode("large".repeat(1 << 18));
      for (let at = 0; at < much.length;) {
        at += await file.write(much.subarray(at));
      }
      file.close();
      way = "";
      await answer({ return: { status: "completed" } });
    } else if (execute === "migrate" && scene === "neverFrozen") {
      await Deno.writeTextFile(ram, "memory");
      await forever();
    } else if (execute === "migrate" && scene === "gone") {
      await answer({ return: {} });
      Deno.exit(0); // before it connects
    } else if (execute === "migrate-incoming" && scene === "refused") {
      console("");
      Deno.stderr.writeSync(encoder.encode("qemu: load of migration failed\n"));
      Deno.exit(1);
    } else if (execute === "migrate-incoming" && scene === "midway") {
      const listener = Deno.listen({ transport: "unix", path });
      await answer({ return: {} });
      await (await listener.accept()).read(new Uint8Array(1 << 10));
      Deno.stderr.writeSync(encoder.encode("qemu: unknown section 'rtc'\n"));
      Deno.exit(1);
    } else {
      if (execute === "migrate") {
        // A file on a disk without room.
        if (scene === "noRoom") {
          await Deno.symlink("/dev/full", state);
        }
        if (scene === "noFile") await Deno.mkdir(state);
        const file = await Deno.connect({ transport: "unix", path });
        await file.write(encoder.encode(scene));
        file.close();
        await Deno.writeTextFile(ram, "memory");
      }
      if (execute === "migrate-incoming") {
        if (scene === "noLongerThere") await Deno.remove(state);
        void drained(Deno.listen({ transport: "unix", path }));
      }
      if (scene === "nameless" && ["query-migrate", "cont"].includes(execute)) {
        await forgotten(socket);
      }
      const status = execute === "query-status" ? "paused" : "completed";
      await answer({ return: execute.startsWith("query") ? { status } : {} });
      if (execute === "cont") thawed();
    }
  }
}

/** Reads what the first to connect sends. */
async function drained(listener: Deno.Listener): Promise<void> {
  const { readable } = await listener.accept();
  await readable.pipeTo(new WritableStream());
}

/** Resolves when the socket has no name any more. */
async function forgotten(path: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (!await Deno.lstat(path).catch(() => undefined)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  Deno.stderr.writeSync(encoder.encode("qemu: what is connected has a name\n"));
  Deno.exit(1);
}

/** Its state is more than a socket holds. */
const isLarge = ["large", "midway"].includes(scene);

let thawed: () => void;
const isThawed = new Promise<void>((resolve) => thawed = resolve);

/** A life up to where it waits for its order, and from there on. */
async function waiting(): Promise<void> {
  const ready = scene === "noPorts" ? "RS ready 0\n" : "RS ready\n";
  if (!thaws) await results("RS up\n", ready);
  else await isThawed;
  // What a frozen port still held.
  if (thaws) await results("stale\n", "RS ready\n");
  const words = await order();
  if (thaws && scene === "unwelcome") {
    console("ringside: start without its program's archive: errno 28\n");
    return;
  }
  const again = scene === "goesAgain" ? ["RS go\n"] : [];
  await results("RS go\n", `${words}\n`, ...again, "RS exit 0\n");
}

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
  waits: waiting,
  goesAgain: waiting,
  nameless: waiting,
  noFile: waiting,
  noLongerThere: waiting,
  large: waiting,
  midway: waiting,
  unwelcome: waiting,
  refused: waiting,
  unfreezable: waiting,
  noPorts: waiting,
  gone: waiting,
  noRoom: waiting,
  neverFrozen: waiting,
  noDisk: () => {
    // Only a memory that is in a file takes a disk.
    if (monitor === undefined) return waiting();
    // Rust's own handler of a first one only takes itself away.
    for (let at = 0; at < 2; at++) Deno.kill(Deno.pid, "SIGBUS");
    return forever();
  },
  early: () => results("RS up\n", "no such module\n", "RS exit 1\n"),
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
  exitAgain: async () => {
    await results("RS up\n", "RS exit 0\n");
    // For as long as would do where each of them bought time.
    for (let said = 0; said < 40; said++) {
      await new Promise((resolve) => setTimeout(resolve, 250));
      await results("RS exit 1\n");
    }
    console("Kernel panic - not syncing: it was given the time\n");
  },
  upAgain: async () => {
    await results("RS up\n");
    await new Promise((resolve) => setTimeout(resolve, 500));
    await results("RS up\n", `RS exit ${"9".repeat(999)}\n`, "RS exit 3\n");
  },
  panicAgain: async () => {
    await results("RS up\n");
    while (true) {
      console("Kernel panic - not syncing: and on it goes\n");
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
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
const path = match(/id=monitor,path=(\S+)/);
// As QEMU does, before it connects to the results' port.
const monitor = path === ""
  ? undefined
  : await Deno.connect({ transport: "unix", path });
const port = await Deno.connect({
  transport: "unix",
  path: match(/id=results,path=(\S+)/),
});
await Promise.race([
  scenes[scene]?.(),
  monitor && answerMonitor(monitor).then(forever),
].filter(Boolean));
port.close();
Deno.exit(0);
