/**
 * The time for which a run has a machine: from taking it up to destroying it.
 *
 * @module
 */
import { join } from "node:path";
import { Console } from "../console.ts";
import type { Accel } from "../qemu.ts";
import type { Box } from "./boxes.ts";
import { Connection } from "./connection.ts";
import { type Provider, settings } from "./provider.ts";
import { Tenancy } from "./tenancy.ts";
import { type Environment, runVagrant, stateFolder } from "./vagrant.ts";

/** How a machine of Vagrant runs, and for how long at most. */
export interface StayOptions {
  readonly provider: Provider;
  readonly cpus: number;
  readonly memoryMiB: number;
  /** For libvirt; VirtualBox decides for itself. */
  readonly accel: Accel | null;
  /** From the start to the program's end, in milliseconds. */
  readonly timeoutMs: number;
  /** Halt the machine at the end, and let the next run go on with it. */
  readonly keep: boolean;
  readonly signal: AbortSignal;
  /** For its end, in milliseconds, which no signal breaks off; two minutes where nothing is said. */
  readonly endTimeoutMs?: number;
  /** Takes one line about what is not as it should be. */
  readonly warn: (text: string) => void;
}

/** Why a machine is lost. */
export interface Failure {
  /** One line. */
  readonly why: string;
  readonly console: string;
}

/** Destroying a machine takes seconds; a libvirtd that hangs would take for ever. */
const END_MS = 120_000;

/** How much of a console's end is read. */
const CONSOLE_BYTES = 64 << 10;

/** A machine that this run has; dispose it to destroy the machine, or to halt it when it is kept. */
export class Stay {
  readonly #id: string;
  readonly #options: StayOptions;
  readonly #tenancy: Tenancy;
  readonly #environment: Environment;
  readonly #console: string;
  readonly #tooLate: AbortSignal;
  readonly #bound: AbortSignal;
  #isSound = false;
  #connection: Connection | undefined;

  private constructor(
    id: string,
    options: StayOptions,
    tenancy: Tenancy,
    console: string,
  ) {
    this.#id = id;
    this.#options = options;
    this.#tenancy = tenancy;
    this.#console = console;
    this.#environment = settings({ ...options, console });
    this.#tooLate = AbortSignal.timeout(options.timeoutMs);
    this.#bound = AbortSignal.any([this.#tooLate, options.signal]);
    this.#bound.addEventListener("abort", this.#end);
  }

  /**
   * Takes the machine for this run; what a killed run left of it is destroyed.
   *
   * @throws {Unavailable} when it belongs to another run, or was made by hand.
   */
  static async begin({ id }: Box, options: StayOptions): Promise<Stay> {
    const folder = stateFolder();
    const tenancy = await Tenancy.take(id, folder);
    // A machine that is kept remembers the path; it must be the same in the next run.
    const console = join(folder, "ringside", `${id}.console`);
    const stay = new Stay(id, options, tenancy, console);
    try {
      await stay.#prepare();
      return stay;
    } catch (error) {
      stay.#bound.removeEventListener("abort", stay.#end);
      await tenancy.giveBack();
      throw error;
    }
  }

  async #prepare(): Promise<void> {
    // What cannot be destroyed is told by itself.
    if (this.#tenancy.found === "abandoned" && await this.#destroy()) {
      this.#options.warn(
        "A killed run had left this machine: it was destroyed first",
      );
    }
    // One of an earlier run may belong to libvirt's user.
    await Deno.remove(this.#console).catch(() => {});
    await Deno.writeTextFile(this.#console, "");
  }

  readonly #end = (): void => this.#connection?.end();

  /** Takes the machine up; why it is lost, when it is. */
  async up(): Promise<Failure | undefined> {
    const { success, complaint, said } = await runVagrant(
      ["up", this.#id, "--provider", this.#options.provider],
      { environment: this.#environment, signal: this.#bound },
    );
    this.#isSound = success;
    if (success && !this.#bound.aborted) return undefined;
    const words = new Console();
    words.write(new TextEncoder().encode(said));
    const serial = (await this.console()).tail();
    const console = [words.tail(), serial].filter(Boolean).join("\n");
    const late = this.late();
    if (late === undefined) {
      return {
        why: `Vagrant could not take the machine up: ${complaint}`,
        console,
      };
    }
    return {
      why: `${late}; the last word was "${words.lastLine ?? ""}"`,
      console,
    };
  }

  /** Connects to the machine and sends the archive in. */
  async connect(freight: string): Promise<Connection> {
    const connection = await Connection.open(
      this.#id,
      freight,
      this.#options.accel,
      this.#environment,
    );
    this.#connection = connection;
    if (this.#bound.aborted) this.#end();
    return connection;
  }

  /** What is to be said when time has run out. */
  late(isUp = false): string | undefined {
    if (!this.#tooLate.aborted) return undefined;
    const seconds = this.#options.timeoutMs / 1000;
    const what = isUp ? "The program did not end" : "The machine was not up";
    return `${what} within ${seconds} s (option --timeout)`;
  }

  /** What has become of the machine, in half a sentence. */
  async state(): Promise<string> {
    const { stdout } = await runVagrant(
      ["status", this.#id, "--machine-readable"],
      { environment: this.#environment, signal: this.#bound },
    );
    const state = /^\d+,[^,]*,state,(.*)$/m.exec(stdout)?.[1];
    if (state === "running") return "the machine runs, but closed it";
    return `the machine is ${state?.replaceAll("_", " ") ?? "gone"}`;
  }

  /** The end of what the kernel wrote to its console, where the provider shows it. */
  async console(): Promise<Console> {
    const console = new Console();
    try {
      using file = await Deno.open(this.#console);
      const { size } = await file.stat();
      await file.seek(Math.max(0, size - CONSOLE_BYTES), Deno.SeekMode.Start);
      await console.read(file.readable);
    } catch {
      // It belongs to somebody else, or there is none: then nothing is known of it.
    }
    return console;
  }

  /** Destroys or halts the machine. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#bound.removeEventListener("abort", this.#end);
    // A machine that did not come up is none to keep.
    if (this.#options.keep && this.#isSound) await this.#halt();
    else if (await this.#destroy()) await this.#leave();
  }

  async #leave(): Promise<void> {
    await Deno.remove(this.#console).catch(() => {});
    await this.#tenancy.leave();
  }

  async #halt(): Promise<void> {
    const { success, complaint } = await this.#last(["halt", this.#id]);
    if (!success) this.#options.warn(`It could not be halted: ${complaint}`);
    await this.#tenancy.keep();
  }

  async #destroy(): Promise<boolean> {
    const args = ["destroy", "--force", this.#id];
    const { success, complaint } = await this.#last(args);
    if (success) return true;
    this.#options.warn(
      `The machine could not be destroyed: ${complaint}; run \`vagrant ${
        args.join(" ")
      }\``,
    );
    return false;
  }

  /** What has to come to its end even when this process does not; but not for ever. */
  async #last(
    args: string[],
  ): Promise<{ readonly success: boolean; readonly complaint: string }> {
    const { endTimeoutMs = END_MS } = this.#options;
    const signal = AbortSignal.timeout(endTimeoutMs);
    const environment = this.#environment;
    const { success, complaint } = await runVagrant(args, {
      ...{ environment, signal, detached: true },
    });
    if (success || !signal.aborted) return { success, complaint };
    const late = `Vagrant did not end within ${endTimeoutMs / 1000} s`;
    return {
      success,
      complaint: [late, complaint].filter(Boolean).join(": "),
    };
  }
}
