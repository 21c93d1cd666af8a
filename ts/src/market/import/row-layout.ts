import type { DataDescription } from '../data-description.js';
import type { ColumnMap } from './column-map.js';
import type { RowDecoder } from './row-decoder.js';
import type { TimeReader } from './time-format.js';

export interface HeadLine {
  readonly text: string;
  readonly line: number;
}

/** What a plan is made from. */
export interface PlanInput {
  readonly file: string;
  /** Name of the file, or of the entry in a zip; LEAN keeps the day in it. */
  readonly textName: string;
  readonly description: DataDescription;
  /** The first lines that are not blank; never empty. */
  readonly head: readonly HeadLine[];
}

/** How one format lays a bar out in a line. */
export interface RowLayout {
  readonly makeDecoder: () => RowDecoder;
  /** Lines at the top that hold names, not data. */
  readonly headerLines: number;
  readonly fieldCount: number;
  readonly columns: ColumnMap;
  /** Null: to be told from the first rows. */
  readonly readTime: TimeReader | null;
  readonly intervalNs: bigint | null;
  /** Digits behind the implied point of an integer price. */
  readonly impliedScale: number;
  readonly warnings: readonly string[];
}
