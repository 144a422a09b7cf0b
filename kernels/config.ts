/**
 * Whether a kernel was built with what a guest needs: known before a boot is
 * lost on it, wherever its configuration can be read.
 *
 * @module
 */
import type { Arch } from "./arch.ts";
import { type ProvisionOptions, Unavailable } from "./kernel.ts";
import { configIn } from "./embedded_config.ts";
import type { Supply } from "./supplier.ts";

/** An option of the kernel's configuration, and what is lost without it. */
export interface Need {
  readonly option: string;
  readonly without: string;
  /** Whether a guest cannot do its work at all. */
  readonly vital: boolean;
  /** Only of this processor's guests. */
  readonly arch?: Arch;
}

const needs: readonly Need[] = [
  {
    option: "SERIAL_8250_CONSOLE",
    without: "it says nothing on the serial console",
    vital: true,
    arch: "x86_64",
  },
  {
    option: "SERIAL_AMBA_PL011_CONSOLE",
    without: "it says nothing on the serial console",
    vital: true,
    arch: "aarch64",
  },
  // The results' port of QEMU's board for arm64 is a card on its PCI bus.
  ...["PCI_HOST_GENERIC", "SERIAL_8250_PCI"].map((option) => ({
    option,
    without: "it has no second serial port for the results",
    vital: true,
    arch: "aarch64" as const,
  })),
  {
    option: "BLK_DEV_INITRD",
    without: "it cannot unpack the archive that holds its programs",
    vital: true,
  },
  {
    option: "ADVISE_SYSCALLS",
    without: "Deno dies at its start, for V8 calls madvise(2)",
    vital: true,
  },
  {
    option: "BPF_SYSCALL",
    without: "no BPF program can be loaded",
    vital: true,
  },
  {
    option: "PERF_EVENTS",
    without: "there are no perf buffers",
    vital: false,
  },
  {
    option: "MEMBARRIER",
    without: "membarrier(2) is missing",
    vital: false,
  },
];

/** Thrown for an image that was had and cannot serve; no mirror would help. */
export class Unfit extends Unavailable {}

/** What a configuration, a text as `.config` is, lacks of what a guest of this processor needs. */
export function lacks(
  config: string,
  processor: Arch = "x86_64",
): readonly Need[] {
  const lines = new Set(config.split("\n"));
  // What is built as a module is not there when the guest begins.
  return needs.filter(({ option, arch = processor }) =>
    arch === processor && !lines.has(`CONFIG_${option}=y`)
  );
}

async function configOf(
  supply: Supply,
  options: ProvisionOptions,
): Promise<string | undefined> {
  if (supply.config !== undefined) {
    return await Deno.readTextFile(supply.config).catch(() => undefined);
  }
  return await configIn(supply, options);
}

/**
 * Throws {@link Unfit} where the image's configuration is known and lacks
 * what is vital; warns of the rest. Of an unknown one nothing is said.
 */
export async function checkConfig(
  supply: Supply,
  options: ProvisionOptions,
): Promise<void> {
  const config = await configOf(supply, options);
  if (config === undefined) return;
  const said = lacks(config, supply.arch).map(({ option, without, vital }) => ({
    vital,
    text: `${supply.release} is built without CONFIG_${option}=y: ${without}`,
  }));
  const worst = said.find(({ vital }) => vital);
  if (worst !== undefined) throw new Unfit(worst.text);
  for (const { text } of said) options.warn?.(text);
}
