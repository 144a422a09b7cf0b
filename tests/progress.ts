/**
 * What a run tells those who watch it: one event for every change of a row.
 *
 * @module
 */
import type { Step } from "./errand.ts";
import type { Row } from "./results.ts";

/** A row has changed. */
export type Progress =
  | {
    readonly is: "provisioning";
    readonly row: string;
    readonly text?: string;
  }
  | {
    readonly is: "provisioned";
    readonly row: string;
    readonly release: string;
  }
  | { readonly is: "note"; readonly text: string }
  | { readonly is: "booting"; readonly row: string }
  | { readonly is: "freezing"; readonly row: string }
  | { readonly is: "up"; readonly row: string; readonly bootMs: number }
  | { readonly is: "step"; readonly row: string; readonly step: Step }
  | { readonly is: "done"; readonly row: Row };

/** Takes the events of a run, in order; must not throw. */
export type Watcher = (event: Progress) => void;
