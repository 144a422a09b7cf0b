/**
 * One run of QEMU and all that belongs to it: its process, its two serial ports, its clocks.
 *
 * There is one rule for every way to be lost: the first cause is written down and QEMU is killed.
 * Its ports then end, which ends whoever reads them. Nobody has to wait for two things at once.
 *
 * @module
 */
import { Console, type Symptom } from "./console.ts";
import { hex } from "./digest.ts";
import { findQemu, sandbox, spawnQemu, threadsOf } from "./emulator.ts";
import type { Image } from "./kernel.ts";
import type { MachineEvent, MachineOptions } from "./machine.ts";
import { Monitor } from "./monitor.ts";
import { type Bringing, orderLine } from "./order.ts";
import { Ports } from "./ports.ts";
import { commandLine, type Freezable } from "./qemu.ts";
import { stdoutLines } from "./stdout.ts";

const BOOT_MS = { kvm: 20_000, tcg: 60_000 };
/** A machine that was frozen is there at once, or never; but it takes its program first. */
const THAW_MS = 30_000;
/** A tenth of what was seen of an emulated guest. */
const BROUGHT_BYTES_PER_MS = 1000;
/** After a panic its trace is still to come. */
const LAST_WORDS_MS = 1500;
/** A kernel that cannot power off (no ACPI) has done its work all the same. */
const POWER_OFF_MS = 5_000;

/** How the program ended, by the first process's word. */
interface End {
  readonly how: "exit" | "signal";
  readonly number: number;
  readonly at: number;
}

/** A guest from its start to its end; dispose it to kill it. */
export class Guest {
  readonly #options: MachineOptions;
  readonly #ports: Ports;
  readonly #qemu: Deno.ChildProcess;
  readonly #console: Console;
  readonly #complaints = new Console();
  readonly #readers: Promise<unknown>;
  readonly #started = performance.now();
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #onAbort = (): void => this.lose("aborted");
  #nonce: string;
  #results: Deno.Conn | undefined;
  #up: number | undefined;
  #end: End | undefined;
  #cause: string | undefined;
  #status: Deno.CommandStatus | undefined;

  private constructor(
    options: MachineOptions,
    ports: Ports,
    nonce: string,
    bound: number,
    qemu: Deno.ChildProcess,
  ) {
    this.#options = options;
    this.#ports = ports;
    this.#nonce = nonce;
    this.#qemu = qemu;
    this.#console = new Console((symptom) => this.#notice(symptom));
    this.#readers = Promise.all([
      this.#console.read(qemu.stdout),
      this.#complaints.read(qemu.stderr),
      // A QEMU that never came to connect: whoever waits for it has to know.
      qemu.status.then((status) => (this.#status = status, ports.close())),
    ]);
    options.signal?.addEventListener("abort", this.#onAbort);
    // Nobody is told of an abort that was before.
    if (options.signal?.aborted) this.#onAbort();
    this.#after("boot", bound, () => this.lose(this.#noHello(bound)));
    this.#after("run", options.timeoutMs, () => this.lose(this.#noEnd()));
  }

  /** Starts QEMU; with its memory in a file, `file`, to freeze it or to bring it back. */
  static async start(
    image: Image,
    initramfs: string,
    options: MachineOptions,
    file?: Pick<Freezable, "ram" | "program">,
  ): Promise<Guest> {
    // Whoever prunes the cache sees that the archive is in use.
    await Deno.utime(file?.program ?? initramfs, new Date(), new Date());
    const qemu = findQemu(image.arch, options.qemu);
    const threads = await threadsOf(qemu);
    await using undo = new AsyncDisposableStack();
    const ports = undo.use(await Ports.open());
    const nonce = random(8);
    const args = commandLine({
      ...options,
      threads,
      arch: image.arch,
      image: image.path,
      initramfs,
      results: ports.results,
      cmdline: image.kernel.cmdline,
      nonce,
      seed: random(64),
      bare: options.bare ?? false,
      ...(file && { freezable: { ...file, monitor: ports.monitor } }),
    });
    const booted = options.bootTimeoutMs ?? BOOT_MS[options.accel];
    const bound = file?.program === undefined
      ? booted
      : THAW_MS + (await Deno.stat(file.program)).size / BROUGHT_BYTES_PER_MS;
    const child = spawnQemu(qemu, [...await sandbox(qemu), ...args]);
    undo.move();
    return new Guest(options, ports, nonce, bound, child);
  }

  /** Kills QEMU, waits for its end, removes its socket. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    this.#kill();
    await this.#readers;
    await this.#ports[Symbol.asyncDispose]();
  }

  /**
   * What comes out of the results' port, to its end; `begin` runs when there is one.
   *
   * @throws {TooMuch} when it is more than is heard.
   */
  async *lines(
    begin: () => Promise<void> = () => Promise.resolve(),
  ): AsyncGenerator<string> {
    this.#results = await this.#ports.acceptResults();
    await begin();
    if (this.#results) yield* stdoutLines(this.#results.readable);
  }

  /**
   * QEMU's monitor, of a guest with its memory in a file; once.
   *
   * @throws {Error} with QEMU's last words when it never came.
   */
  async monitor(): Promise<Monitor> {
    const connection = await this.#ports.acceptMonitor();
    if (connection) return await Monitor.on(connection);
    await this.#readers;
    throw new Error(this.#goneQuietly());
  }

  /** Gives the guest that waits for it its order; from now on the guest answers with a new nonce. */
  async order(args: readonly string[], way: Bringing): Promise<void> {
    this.#nonce = random(8);
    const fresh = { nonce: this.#nonce, seed: random(64), now: Date.now() };
    const line = orderLine({ ...fresh, ...way }, args);
    const writer = this.#results?.writable.getWriter();
    // The end of a guest that takes no order any more says why, and better.
    await writer?.write(new TextEncoder().encode(line)).catch(() => {});
    writer?.releaseLock();
  }

  /** Parts the program's words from the first process's, which may follow half a line. */
  split(line: string): { readonly text?: string; readonly report?: string } {
    const mark = `RS ${this.#nonce} `;
    const at = line.indexOf(mark);
    if (at < 0) return { text: line };
    const report = line.slice(at + mark.length);
    return at === 0 ? { report } : { text: line.slice(0, at), report };
  }

  /** Whether the first process runs. Said again, it is no news. */
  get isUp(): boolean {
    return this.#up !== undefined;
  }

  /** The first process runs; the time that it took. */
  up(): number {
    this.#stop("boot");
    this.#up = performance.now();
    return Math.round(this.#up - this.#started);
  }

  /** The program ended: `exit N` or `signal N`. What is left is to power off. */
  over(report: string): void {
    const [, how, number] = /^(exit|signal) (\d{1,3})$/.exec(report) ?? [];
    if (this.#end || (how !== "exit" && how !== "signal")) return;
    this.#end = { how, number: Number(number), at: performance.now() };
    this.#stop("run");
    this.#after("power-off", POWER_OFF_MS, () => this.#kill());
  }

  /** Ends the guest for this cause, unless there was one before. */
  lose(cause: string): void {
    this.#cause ??= cause;
    this.#kill();
  }

  /** QEMU is gone and all that it wrote is read. */
  async ended(): Promise<void> {
    await this.#readers;
  }

  /**
   * Whether QEMU died of its memory's file, after {@linkcode ended}: of a page that no disk has room
   * for, the kernel tells whoever writes to it by SIGBUS.
   */
  get lacksDisk(): boolean {
    return this.#status?.signal === "SIGBUS";
  }

  /** How it was, after {@linkcode ended}. */
  verdict(): MachineEvent {
    const why = this.#cause ?? this.#lossAtEnd();
    if (why !== undefined || !this.#end) {
      return {
        type: "lost",
        why: why ?? this.#goneQuietly(),
        console: this.#console.tail(),
      };
    }
    const { how, number, at } = this.#end;
    const runMs = Math.round(at - (this.#up ?? at));
    return {
      type: "exit",
      code: how === "exit" ? number : 128 + number,
      runMs,
      console: this.#console.tail(),
    };
  }

  /** A killed program, or one whose end was never told, has its reason on the console. */
  #lossAtEnd(): string | undefined {
    const { symptom, fatal } = this.#console;
    if (this.#end === undefined || fatal) return symptom?.why;
    const killed = this.#end.how === "signal";
    return killed && symptom?.loses === "end" ? symptom.why : undefined;
  }

  #goneQuietly(): string {
    const { success, code, signal } = this.#status ??
      { success: true, code: 0, signal: null };
    if (success) {
      return "The guest reset itself without a word (a triple fault, or the program did)";
    }
    const how = signal
      ? `was killed by ${signal}`
      : `ended with status ${code}`;
    const said = this.#complaints.tail().split("\n")
      .filter((line) => line.trim() !== "");
    const first = said.find((line) => !/warning:/.test(line)) ?? said[0];
    return first ? `QEMU ${how}: ${first}` : `QEMU ${how}`;
  }

  #noHello(boundMs: number): string {
    const last = this.#console.lastLine;
    const cause = this.#console.symptom?.why ??
      "its first process never spoke, and its console " +
        (last
          ? `ends with "${last.trim()}"`
          : "is silent: it hangs, or lacks CONFIG_SERIAL_8250_CONSOLE");
    return `The kernel did not come up within ${boundMs / 1000} s: ${cause}`;
  }

  #noEnd(): string {
    const { timeoutMs } = this.#options;
    const wayOut = " (option --timeout)";
    if (this.#up === undefined) return this.#noHello(timeoutMs) + wayOut;
    const cause = this.#console.symptom?.why;
    const text = `The program did not end within ${timeoutMs / 1000} s`;
    return cause ? `${text}: ${cause}` : text + wayOut;
  }

  #notice({ why, loses }: Symptom): void {
    if (loses !== "now") return;
    const first = this.#console.symptom?.why ?? why;
    this.#after("last words", LAST_WORDS_MS, () => this.lose(first));
  }

  #kill(): void {
    if (this.#status) return;
    try {
      this.#qemu.kill("SIGKILL");
    } catch {
      // It ended between the look and the kill.
    }
  }

  /** Once for each name: said again, nothing buys the guest time. */
  #after(name: string, ms: number, act: () => void): void {
    if (this.#timers.has(name)) return;
    this.#timers.set(name, setTimeout(act, ms));
  }

  #stop(name: string): void {
    clearTimeout(this.#timers.get(name));
  }
}

function random(bytes: number): string {
  return hex(crypto.getRandomValues(new Uint8Array(bytes)));
}
