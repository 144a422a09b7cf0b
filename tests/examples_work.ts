/**
 * What every example is given to see, and what it has to print of that.
 *
 * @module
 */
import assert from "node:assert/strict";

/** Work for one example. */
export interface Work {
  /** Arguments behind the transport. */
  readonly args?: readonly string[];
  /** Where its program reads tracepoints' records: by event, the fields' first bytes. */
  readonly reads?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Whether the example ends by itself. */
  readonly ends?: boolean;
  /** Makes the work, once for all transports; answers the lines that each has to print. */
  make(): Promise<RegExp[]> | RegExp[];
  /** Looks at all that was printed on one transport. */
  look?(lines: readonly string[]): void;
}

/** Asserts that this kernel has the fields of the records where the program reads them. */
export function assertRecords({ reads = {} }: Work): void {
  for (const [event, fields] of Object.entries(reads)) {
    const path = `/sys/kernel/tracing/events/${event}/format`;
    const format = Deno.readTextFileSync(path);
    for (const [field, first] of Object.entries(fields)) {
      const found = new RegExp(`\\b${field};\\s*offset:(\\d+)`).exec(format);
      assert.equal(found?.[1], String(first), `${field} of ${path}`);
    }
  }
}

/** A day of seconds: the example is ended sooner. */
const day = "86400";

/** What lines have in front of what they tell, where the name of the process' thread is. */
function own(rest: string, pid = Deno.pid): RegExp {
  return new RegExp(`^${pid} .* ${rest}$`);
}

/** Runs a program and answers its number. */
async function runProgram(): Promise<number> {
  const deno = new Deno.Command(Deno.execPath(), {
    args: ["--version"],
    stdout: "null",
  }).spawn();
  assert.ok((await deno.status).success);
  return deno.pid;
}

async function startProgram(): Promise<RegExp[]> {
  const pid = await runProgram();
  return [
    own("asks for \\S*deno --version", pid),
    new RegExp(`^${pid} deno runs$`),
    new RegExp(`^${pid} deno ends$`),
  ];
}

async function greetProgram(): Promise<RegExp[]> {
  return [new RegExp(`^${await runProgram()} deno runs$`)];
}

function openFiles(): RegExp[] {
  const path = Deno.makeTempFileSync();
  const gone = `${path}.gone`;
  Deno.openSync(path).close();
  assert.throws(() => Deno.openSync(gone));
  Deno.removeSync(path);
  return [own(`${path} is \\d+`), own(`${gone} errno 2`)];
}

/** Connects by IPv4, and by IPv6 where the kernel has it. */
async function connect(): Promise<RegExp[]> {
  raiseLoopback();
  const wanted = [await connectTo("127.0.0.1", "127\\.0\\.0\\.1")];
  const protocols = [...Deno.readDirSync("/proc/net")];
  if (protocols.some(({ name }) => name === "if_inet6")) {
    wanted.push(await connectTo("::1", "\\[::1\\]"));
  }
  return wanted;
}

async function connectTo(hostname: string, shown: string): Promise<RegExp> {
  using listener = Deno.listen({ hostname, port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  using _to = await Deno.connect({ hostname, port });
  using _from = await listener.accept();
  return own(`${shown}:${port}`);
}

/** A guest's loopback is down; sysfs takes the interface's flags, IFF_UP being 1. */
function raiseLoopback(): void {
  const path = "/sys/class/net/lo/flags";
  const flags = Number(Deno.readTextFileSync(path));
  if ((flags & 1) === 0) Deno.writeTextFileSync(path, String(flags | 1));
}

/** A disk in /dev; `dev` is `"254:0"`, `size` in bytes. */
interface BlockDevice {
  readonly name: string;
  readonly dev: string;
  readonly size: number;
}

/** A block device that takes requests: brd and zram take bios, and issue none. */
function blockDevice(): BlockDevice | undefined {
  const read = (path: string): string =>
    Deno.readTextFileSync(`/sys/block/${path}`).trim();
  return [...Deno.readDirSync("/sys/block")]
    .filter(({ name }) => !/^(loop|ram|zram|dm-|md)/.test(name))
    .map(({ name }) => ({
      name,
      dev: read(`${name}/dev`),
      size: 512 * Number(read(`${name}/size`)),
    }))
    .find(({ size }) => size > 1 << 20);
}

/** Uses a disk, if there is one. */
function useDisk(): RegExp[] {
  const device = blockDevice();
  if (device === undefined) return [/^This kernel has no block device$/];
  try {
    return readDevice(device);
  } catch (error) {
    // A container may forbid the device itself even to root.
    if (!(error instanceof Deno.errors.PermissionDenied)) throw error;
    return writeFile();
  }
}

/** Reads pages that nobody has read. */
function readDevice({ name, dev, size }: BlockDevice): RegExp[] {
  using disk = Deno.openSync(`/dev/${name}`);
  return Array.from({ length: 4 }, () => {
    const page = Math.floor(Math.random() * size / 4096);
    disk.seekSync(4096 * page, Deno.SeekMode.Start);
    disk.readSync(new Uint8Array(4096));
    return new RegExp(`^${dev} sector ${8 * page}: \\d+ µs$`);
  });
}

/** Writes a file through to the disk below the current folder, whichever that is. */
function writeFile(): RegExp[] {
  const path = Deno.makeTempFileSync({ dir: "." });
  using file = Deno.openSync(path, { write: true });
  Deno.removeSync(path);
  file.writeSync(new Uint8Array(1 << 16));
  file.syncSync();
  return [/^\d+:\d+ sector \d+: \d+ µs$/];
}

/** All that the histogram counts was sent, and all that was sent before it was read is in it. */
function lookAtHistogram(lines: readonly string[]): void {
  const counts = lines.map((line) => /^\d+ µs or more: (\d+)$/.exec(line)?.[1])
    .filter((count) => count !== undefined).map(Number);
  const sum = counts.reduce((sum, count) => sum + count, 0);
  const printed = lines.filter((line) => / sector /.test(line)).length;
  const attempted = Number(/^\d+/.exec(lines.at(-1) ?? "")?.[0]);
  assert.ok(
    printed <= sum && sum <= attempted,
    `${printed} ${sum} ${attempted}`,
  );
}

/**
 * Each burst is accounted for, the small ones lose nothing, the large ones do.
 * Over perf one that goes on on another CPU fills two buffers, which are read in
 * turn: 100 may all come, and not as they were sent.
 */
function lookAtBursts(lines: readonly string[]): void {
  const ring = /^Over ring/.test(lines[0] ?? "");
  const bursts = lines.map((line) =>
    /^(\d+) sent: (\S+(?: \S+)*) came, (\d+) lost$/.exec(line)
  ).filter((burst) => burst !== null);
  const losses = bursts.map(([line, sent, ranges = "", lost]) => {
    assert.equal(Number(sent), countOf(ranges) + Number(lost), line);
    return Number(lost) > 0;
  });
  const middle = ring || (losses[2] ?? true);
  assert.deepEqual(losses, [false, false, middle, true, true]);
}

/** How many numbers "1–3 7 9–10" are. */
function countOf(ranges: string): number {
  return ranges.split(" ").map((range) => range.split("–").map(Number))
    .reduce((sum, [first = 0, last = first]) => sum + last - first + 1, 0);
}

/** A ring hands out events as they were begun, perf as they were sent. */
function lookAtOrder(lines: readonly string[]): void {
  const came = /^Over ring/.test(lines[0] ?? "") ? "1 2" : "2 1";
  assert.deepEqual(lines.slice(1, 4), [
    ...["begun: 1 2", "sent: 2 1", `came: ${came}`],
  ]);
}

/** An event that was given up takes room on a ring until it is passed, and none on perf. */
function lookAtRoom(lines: readonly string[]): void {
  const ring = /^Over ring/.test(lines[0] ?? "");
  const taken = lines.map((line) => /: (\d+) bytes are taken$/.exec(line)?.[1])
    .filter((bytes) => bytes !== undefined).map(Number);
  assert.deepEqual(taken.slice(0, 5), [0, 32, 64, ring ? 96 : 64, 0]);
  const [full = 0, last] = taken.slice(5);
  // A thread that changes its CPU on the way fills two perf buffers.
  assert.ok(ring ? full === 4064 : full >= 4064, `${full} bytes`);
  assert.equal(last, 0);
}

/** Every example's work, by its name. */
export const works: Readonly<Record<string, Work>> = {
  hello: { make: greetProgram },
  order: { ends: true, make: () => [], look: lookAtOrder },
  room: { ends: true, make: () => [], look: lookAtRoom },
  execsnoop: {
    reads: { "syscalls/sys_enter_execve": { argv: 24 } },
    make: startProgram,
  },
  opensnoop: {
    reads: {
      "syscalls/sys_enter_openat": { filename: 24 },
      "syscalls/sys_exit_openat": { ret: 16 },
    },
    args: [day, String(Deno.pid)],
    make: openFiles,
    look: (lines) =>
      assert.deepEqual(
        lines.slice(1, -1).filter((line) => !line.startsWith(`${Deno.pid} `)),
        [],
      ),
  },
  tcpconnect: {
    reads: { "sock/inet_sock_set_state": { newstate: 20, dport: 26 } },
    make: connect,
  },
  biolatency: {
    reads: {
      "block/block_rq_issue": { dev: 8, sector: 16 },
      "block/block_rq_complete": { dev: 8, sector: 16 },
    },
    make: useDisk,
    look: lookAtHistogram,
  },
  bursts: { ends: true, make: () => [], look: lookAtBursts },
};
