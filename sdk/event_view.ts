/**
 * Events that are read where they lie: one object for all records, with a getter
 * for each field.
 *
 * @module
 */

import { ended, type Loan, type Sample } from "../ffi/sample.ts";
import type { DecodedField, Decoder } from "./record_decoder.ts";

/**
 * A borrowed record behind the getters of a class that extends this one. It has
 * the record's place and not its sample: see {@linkcode Sample}.
 */
class EventView {
  #view: DataView | undefined;
  #at = 0;
  #loan: Loan | undefined;
  #turn = 0;

  /** From now on the view is of that record. */
  static turn(view: EventView, sample: Sample): EventView {
    return sample.open((memory, at, loan, turn) => {
      // What stays is not written: V8 marks what an old object points to.
      if (view.#view !== memory) view.#view = memory;
      if (view.#loan !== loan) view.#loan = loan;
      view.#at = at;
      view.#turn = turn;
      return view;
    });
  }

  /** The value of a field at byte `at`; throws when the record is not lent any more. */
  static field(view: EventView, at: number, decode: Decoder): unknown {
    const { turn } = view.#loan as Loan;
    if (view.#turn !== turn) throw ended();
    return decode(view.#view as DataView, view.#at + at);
  }
}

/** Makes views of records; with a loan, of such as outlive their record. */
export type Viewer = (sample: Sample, loan?: Loan) => object;

/** The viewer of records of these fields. */
export function viewerOf(fields: readonly DecodedField[]): Viewer {
  class FieldsView extends EventView {}
  for (const [name, at, decode] of fields) {
    Object.defineProperty(FieldsView.prototype, name, {
      ...{ enumerable: true, configurable: true },
      get(this: FieldsView): unknown {
        return EventView.field(this, at, decode);
      },
    });
  }
  const reused = new FieldsView();
  return (sample, loan) =>
    loan === undefined
      ? EventView.turn(reused, sample)
      : EventView.turn(new FieldsView(), sample.keep(loan));
}
