export const RECORD_BYTES = 64;

/** Records that fit into each of the two rings. */
export const CAPACITY_RECORDS = 4096;

const WORDS = RECORD_BYTES / 8;
const SEQUENCE_WORD = 2;

/**
 * What the threads do with a message besides handing it over. `whole`: the producer writes all 64
 * bytes of each record and the consumer reads them back. `first word`: the records stand ready, the
 * producer writes the first word of the message and the consumer looks at that and at the length.
 */
export type Touch = 'whole' | 'first word';

/** The records of one message as both threads see them; every subject's producer has its own. */
export class Batch {
  readonly records: number;
  readonly words: Float64Array;
  readonly #halves: Uint32Array;

  constructor(
    records: number,
    buffer: ArrayBufferLike = new ArrayBuffer(records * RECORD_BYTES),
    byteOffset = 0,
  ) {
    this.records = records;
    this.words = new Float64Array(buffer, byteOffset, records * WORDS);
    this.#halves = new Uint32Array(buffer, byteOffset, records * WORDS * 2);
  }

  fill(firstSequence: number): void {
    const { records, words } = this;
    const halves = this.#halves;
    for (let record = 0; record < records; record += 1) {
      const at = record * WORDS;
      const sequence = firstSequence + record;
      words[at] = sequence;
      words[at + 1] = sequence + 1;
      halves[2 * (at + SEQUENCE_WORD)] = sequence;
      halves[2 * (at + SEQUENCE_WORD) + 1] = 0;
      words[at + 3] = sequence + 3;
      words[at + 4] = sequence + 4;
      words[at + 5] = sequence + 5;
      words[at + 6] = sequence + 6;
      words[at + 7] = sequence + 7;
    }
  }

  /** Returns how the producer makes the next message, whose first record has that sequence. */
  writer(touch: Touch): (firstSequence: number) => void {
    if (touch === 'whole') return (firstSequence) => this.fill(firstSequence);
    this.fill(0);
    return (firstSequence) => {
      this.words[0] = firstSequence;
    };
  }

  /** Returns how the consumer looks at a message, and whether that is the one expected. */
  reader(touch: Touch): (count: number, firstSequence: number, from?: number) => boolean {
    if (touch === 'whole') {
      return (count, firstSequence, from) => this.takeAll(count, firstSequence, from);
    }
    // Rings hold whole messages and messages are taken whole, so none starts further on.
    return (count, firstSequence, from = 0) =>
      count > 0 && this.words[from * WORDS] === firstSequence;
  }

  /** Reads `count` records; returns whether each is what `fill(firstSequence)` wrote. */
  takeAll(count: number, firstSequence: number, from = 0): boolean {
    const { words } = this;
    const halves = this.#halves;
    let sum = 0;
    let misplaced = 0;
    for (let record = 0; record < count; record += 1) {
      const at = (from + record) * WORDS;
      const low = (words[at] ?? 0) + (words[at + 1] ?? 0) + (words[at + 3] ?? 0);
      const high = (words[at + 4] ?? 0) + (words[at + 5] ?? 0);
      sum += low + high + ((words[at + 6] ?? 0) + (words[at + 7] ?? 0));
      const sequenceAt = 2 * (at + SEQUENCE_WORD);
      misplaced |= (halves[sequenceAt] ?? 0) ^ (firstSequence + record);
      misplaced |= halves[sequenceAt + 1] ?? 0;
    }
    // Seven words of sequence + 0, 1, 3, 4, 5, 6 and 7; all partial sums are exact integers.
    const sequences = count * firstSequence + (count * (count - 1)) / 2;
    return misplaced === 0 && sum === 7 * sequences + 26 * count;
  }
}

/** The same eight fields as an object, the form in which bots usually hold an event. */
export interface EventObject {
  readonly tsEventNs: number;
  readonly tsRecvNs: number;
  readonly sequence: number;
  readonly priceTicks: number;
  readonly quantityLots: number;
  readonly aux0: number;
  readonly aux1: number;
  readonly instrument: number;
}

export function eventObjects(records: number, firstSequence: number): EventObject[] {
  return Array.from({ length: records }, (_, record) => {
    const sequence = firstSequence + record;
    return {
      tsEventNs: sequence,
      tsRecvNs: sequence + 1,
      sequence,
      priceTicks: sequence + 3,
      quantityLots: sequence + 4,
      aux0: sequence + 5,
      aux1: sequence + 6,
      instrument: sequence + 7,
    };
  });
}

/** Reads every field of every object; returns whether each is what `eventObjects` made. */
export function takeObjects(events: readonly EventObject[], firstSequence: number): boolean {
  let expected = firstSequence;
  for (const event of events) {
    const early = event.tsEventNs + event.tsRecvNs + event.priceTicks + event.quantityLots;
    const late = event.aux0 + event.aux1 + event.instrument;
    if (event.sequence !== expected || early + late !== 7 * expected + 26) return false;
    expected += 1;
  }
  return true;
}
