/**
 * Events that are read where they lie: one object for all records, with a getter
 * for each field.
 *
 * @module
 */

import type { Loan, Sample } from "../ffi/sample.ts";
import type { DecodedField, Decoder } from "./record_decoder.ts";

/** A borrowed record behind the getters of a class that extends this one. */
class EventView {
  #sample: Sample;

  constructor(sample: Sample) {
    this.#sample = sample;
  }

  /** From now on the view is of that record. */
  static turn(view: EventView, sample: Sample): EventView {
    view.#sample = sample;
    return view;
  }

  /** The value of a field at byte `at`; throws when the record is not lent any more. */
  static field(view: EventView, at: number, decode: Decoder): unknown {
    return view.#sample.field(decode, at);
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
  let reused: FieldsView | undefined;
  return (sample, loan) => {
    if (loan !== undefined) return new FieldsView(sample.keep(loan));
    reused ??= new FieldsView(sample);
    return EventView.turn(reused, sample);
  };
}
