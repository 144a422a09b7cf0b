/**
 * Shows a run while it runs: on a terminal a board that is redrawn a few times
 * a second, elsewhere one plain line for every change of a row.
 *
 * @module
 */
import { Board, logLine } from "./board.ts";
import type { Paces } from "./pace.ts";
import type { Progress, Watcher } from "./progress.ts";
import { printable } from "./report/text.ts";
import type { Row } from "./results.ts";
import { terminalWidth, writeError } from "./streams.ts";

/** Where a live view writes. */
export interface Screen {
  /** The board and the log. */
  readonly show: (text: string) => void;
  /** What the user's own program printed: a result, not a view. */
  readonly output: (text: string) => void;
  /** Characters in a line; undefined where there is no terminal. */
  readonly width: (() => number) | undefined;
}

const redrawMs = 200;

/** A view of the rows with these ids; dispose it before the reports are printed. */
export class Live {
  readonly #screen: Screen;
  readonly #board: Board;
  readonly #timer: ReturnType<typeof setInterval> | undefined;
  #drawn = 0;

  /** @param paces how long rows took the last time. */
  constructor(rows: readonly string[], screen: Screen, paces?: Paces) {
    this.#screen = screen;
    this.#board = new Board(rows, paces);
    if (screen.width === undefined) return;
    this.#timer = setInterval(() => this.#draw(), redrawMs);
    this.#draw();
  }

  /** Takes the board off the screen; the log stays. */
  [Symbol.dispose](): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#screen.show(this.#erase());
  }

  /** Takes the run's events. */
  readonly watch: Watcher = (event) => {
    this.#board.take(event, performance.now());
    const line = this.#isOnBoard(event) ? undefined : logLine(event);
    if (line !== undefined) {
      this.#above(() => this.#screen.show(`${printable(line)}\n`));
    }
    const output = outputLine(event);
    if (output !== undefined) this.#above(() => this.#screen.output(output));
    else if (event.is === "step") this.#draw(); // a proof may hold the timer up
  };

  /** What the board shows anyway is worth a line only where there is none. */
  #isOnBoard(event: Progress): boolean {
    if (this.#timer === undefined) return false;
    if (event.is === "done") return isAsPromised(event.row);
    return event.is === "up" || event.is === "provisioned";
  }

  /** Writes something that stays, above the board. */
  #above(write: () => void): void {
    if (this.#timer === undefined) return write();
    this.#screen.show(this.#erase());
    write();
    this.#draw();
  }

  #draw(): void {
    const { width, show } = this.#screen;
    if (width === undefined) return;
    const lines = this.#board.lines(performance.now(), width());
    show(this.#erase() + lines.map((line) => `${printable(line)}\n`).join(""));
    this.#drawn = lines.length;
  }

  /** What takes the board away: up by its lines, then all below is erased. */
  #erase(): string {
    const lines = this.#drawn;
    this.#drawn = 0;
    return lines === 0 ? "" : `\x1b[${lines}A\x1b[J`;
  }
}

/** Whether a row has nothing that is worth a line that stays. */
function isAsPromised({ state, exit = 0, claims }: Row): boolean {
  return state === "ran" && exit === 0 &&
    claims.every(({ verdict }) => verdict !== "fails");
}

function outputLine(event: Progress): string | undefined {
  if (event.is !== "step" || event.step.is !== "output") return undefined;
  return `${event.row} | ${printable(event.step.text)}\n`;
}

/** The screen of this process: the view on stderr, so that stdout holds results only; those go to `output`. */
export function processScreen(output: Screen["output"]): Screen {
  // A dumb terminal has a cursor that cannot be moved (terminfo(5)).
  const terminal = Deno.stderr.isTerminal() && Deno.env.get("TERM") !== "dumb";
  return {
    show: writeError,
    output,
    width: terminal ? () => terminalWidth(80) : undefined,
  };
}
