/**
 * QEMU's command line. Each part of the machine is a value that knows its own options and its own
 * kernel parameters; the command line is a fold over the list of parts.
 *
 * @module
 */
import type { Arch } from "./arch.ts";
import type { Threads } from "./emulator.ts";

/** A part of the machine. */
export interface Device {
  /** Options of QEMU. */
  readonly options: readonly string[];
  /** What the kernel has to be told about it. */
  readonly parameters?: readonly string[];
}

/** How the guest's processors are made: by the host's own, or by emulation. */
export type Accel = "kvm" | "tcg";

/** What one boot is made of. */
export interface Boot {
  /** The guest's processor; a host of another one emulates it. */
  readonly arch: Arch;
  readonly accel: Accel;
  /** For `tcg`. */
  readonly threads: Threads;
  readonly cpus: number;
  readonly memoryMiB: number;
  /** Host paths. */
  readonly image: string;
  readonly initramfs: string;
  /** Path of a unix socket that listens for the results. */
  readonly results: string;
  /** The row's own kernel parameters. */
  readonly cmdline: readonly string[];
  /** In hex, fresh for each boot. */
  readonly nonce: string;
  readonly seed: string;
  /** Power off right after `up`, without a program. */
  readonly bare: boolean;
  /** What makes it possible to freeze the machine. */
  readonly freezable?: Freezable;
}

/** A machine that can be frozen, or was. */
export interface Freezable {
  /** Path of a file that holds the guest's memory. */
  readonly ram: string;
  /** Path of a unix socket that listens for QEMU's monitor. */
  readonly monitor: string;
  /**
   * It was: nothing boots, QEMU waits for the rest of the machine, and writes nothing to the file.
   * The path of an archive that the guest takes from QEMU when it goes on: its program.
   */
  readonly program?: string;
}

/** The arguments of the processor's qemu-system for this boot. */
export function commandLine(boot: Boot): string[] {
  const devices = machine(boot);
  const options = devices.flatMap((device) => device.options);
  if (boot.freezable?.program !== undefined) {
    return [...options, ...brought(boot.freezable.program)];
  }
  const parameters = devices.flatMap((device) => device.parameters ?? []);
  const files = ["-kernel", boot.image, "-initrd", boot.initramfs];
  return [...options, ...files, "-append", parameters.join(" ")];
}

/** The one thing of a machine that may change while it is frozen is what its configuration device holds. */
function brought(program: string): string[] {
  const item = `name=opt/ringside/program,file=${value(program)}`;
  return ["-fw_cfg", item, "-incoming", "defer"];
}

function machine(boot: Boot): Device[] {
  return [
    board(boot.arch),
    processors(boot),
    memory(boot),
    ...boot.freezable ? [monitor(boot.freezable)] : [],
    console(boot.arch),
    results(boot),
    lifetime(),
    firstProcess(boot),
    { options: [], parameters: boot.cmdline },
  ];
}

/**
 * For x86-64 the oldest board: every kernel since 4.9 finds its serial ports, its timer and its power
 * button. For arm64 QEMU's own: one serial port, PCI for the other, firmware that powers off.
 */
function board(arch: Arch): Device {
  const machine = {
    x86_64: ["pc,usb=off,vmport=off", "-vga", "none"],
    aarch64: ["virt"],
  };
  return {
    options: [
      ...["-nodefaults", "-no-user-config", "-display", "none"],
      ...["-machine", ...machine[arch], "-net", "none"],
    ],
  };
}

/**
 * The processor that is emulated. x86-64 without cmpxchg16b: QEMU 7.2's emulation of it makes Linux
 * 6.12 panic in __kmalloc in about one boot of three. For arm64 one with atomic instructions (LSE)
 * and pages of 4K, 16K and 64K, but without pointer authentication, whose emulation more than
 * doubles a boot.
 */
const EMULATED = { x86_64: "Haswell-noTSX,-cx16", aarch64: "neoverse-n1" };

/**
 * What an emulated x86-64 is spared. Before its timers are set up its kernel counts ticks for 40 ms:
 * on a host with much else to do it has too few, and panics ("IO-APIC + timer doesn't work"); under
 * KVM it does not count either (arch/x86/kernel/kvm.c). And two page tables for each process, against
 * Meltdown, empty the emulator's cache of addresses with each system call: a sixth of a row's time.
 */
const EMULATION = ["no_timer_check", "nopti"];

function processors({ arch, accel, threads, cpus }: Boot): Device {
  const model = {
    kvm: ["-accel", "kvm", "-cpu", "host"],
    tcg: ["-accel", `tcg,thread=${threads}`, "-cpu", EMULATED[arch]],
  };
  const emulated = accel === "tcg" && arch === "x86_64";
  return {
    options: [...model[accel], "-smp", `${cpus}`],
    parameters: [
      `ringside.accel=${accel}`,
      ...emulated ? EMULATION : [],
    ],
  };
}

/** A memory that is shared with its file leaves in the file what is to be frozen; else it copies on write. */
function memory({ memoryMiB, freezable }: Boot): Device {
  const size = ["-m", `${memoryMiB}M`];
  if (!freezable) return { options: size };
  const { ram, program } = freezable;
  const share = program === undefined ? "on" : "off";
  const backend =
    `memory-backend-file,id=ram,size=${memoryMiB}M,share=${share},mem-path=${
      value(ram)
    }`;
  return {
    options: [
      ...size,
      "-object",
      backend,
      "-machine",
      "memory-backend=ram",
    ],
  };
}

/** In front of the results' port: who has that connection has this one, too. */
function monitor({ monitor }: Freezable): Device {
  return {
    options: [
      "-chardev",
      `socket,id=monitor,path=${value(monitor)}`,
      "-mon",
      "chardev=monitor,mode=control",
    ],
  };
}

/** A comma begins QEMU's next option; doubled it is a comma. */
function value(path: string): string {
  return path.replaceAll(",", ",,");
}

/**
 * The first serial port is the kernel's console, on QEMU's own stdout. Level 5 shows warnings and
 * all that is worse; what a boot says besides costs time on an emulated serial port.
 */
function console(arch: Arch): Device {
  const port = { x86_64: "ttyS0", aarch64: "ttyAMA0" }[arch];
  return {
    options: [
      "-chardev",
      "stdio,id=console,signal=off",
      "-serial",
      "chardev:console",
    ],
    parameters: [`console=${port},115200`, "loglevel=5"],
  };
}

/**
 * The second serial port carries the program's stdout: no kernel message gets between its lines.
 * arm64's board has but one of its own (QEMU 7.2), so there it is a card: an 8250, for which the
 * driver is built into Debian's kernels, as that of virtio's is not (a module in 5.10 and 6.1).
 */
function results({ arch, results: socket }: Boot): Device {
  const port = {
    x86_64: { options: ["-serial", "chardev:results"], name: "ttyS1" },
    aarch64: {
      options: ["-device", "pci-serial,chardev=results"],
      name: "ttyS0",
    },
  }[arch];
  return {
    options: [
      "-chardev",
      `socket,id=results,path=${value(socket)}`,
      ...port.options,
    ],
    parameters: [`ringside.results=${port.name}`],
  };
}

/** A guest that panics or reboots ends QEMU: a second life of it would only hide the first. */
function lifetime(): Device {
  return { options: ["-no-reboot"], parameters: ["panic=-1"] };
}

/** What init.c reads from /proc/cmdline. A dot in the name keeps the kernel from passing it on. */
function firstProcess({ nonce, seed, bare }: Boot): Device {
  const parameters = [`ringside.nonce=${nonce}`, `ringside.seed=${seed}`];
  return {
    options: [],
    parameters: bare ? [...parameters, "ringside.bare"] : parameters,
  };
}
