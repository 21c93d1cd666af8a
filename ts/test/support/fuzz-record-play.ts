import { CONTINGENCIES } from '#ts/core/vocabulary.generated.js';
import { COMMAND_BYTES, COMMANDS_MAX } from '#ts/native/command-memory.js';
import { type FillOf, FuzzPlay, refusalOf, type Said } from './fuzz-play.js';
import { type RecordAct, readRecord } from './fuzz-record-acts.js';
import { RawEngine } from './fuzz-records.js';
import type { FuzzCounts } from './fuzz-shrinking.js';
import { FUZZ_ASSETS, FUZZ_STRATEGIES, type FuzzSetting } from './fuzz-world.js';
import { isSound } from './sound-order.js';

const KNOWN = { instruments: FUZZ_ASSETS.length, strategies: FUZZ_STRATEGIES.length };

type Submission = Extract<RecordAct, { act: 'record' }>;

/** Plays records to native code and to the reference; throws where an answer cannot stand. */
export function playRecords(
  setting: FuzzSetting,
  acts: readonly RecordAct[],
  counts: FuzzCounts,
): void {
  const play = new RecordPlay(setting, counts);
  try {
    for (const act of acts) play.play(act);
  } finally {
    play.engine.dispose();
  }
}

class RecordPlay extends FuzzPlay {
  readonly engine: RawEngine;

  constructor(setting: FuzzSetting, counts: FuzzCounts) {
    super(setting, counts);
    this.engine = new RawEngine(setting);
    this.begin();
  }

  play(act: RecordAct): void {
    if (act.act !== 'record') {
      this.playPlain(act);
      return;
    }
    this.counts.cases += 1;
    if (act.path === 'alone' && act.bytes[14] !== 0) this.#list(act);
    else this.#record(act);
  }

  protected trade(instrument: number, ticks: bigint): void {
    this.engine.trade({ instrument, ticks }, this.world.nowNs, this.notices);
  }

  protected fillOrder(fill: FillOf): void {
    this.engine.fill(fill, this.world.nowNs, this.notices);
  }

  #record(act: Submission): void {
    const { nowNs } = this.world;
    const order = readRecord(act.bytes);
    const sound = isSound(order.command, order.terms, { ...KNOWN, nowNs });
    this.check(sound && !act.isEarly ? order : null, () =>
      this.#said(act, act.isEarly ? nowNs - 1n : nowNs),
    );
  }

  #said(act: Submission, nowNs: bigint): Said {
    const { engine } = this;
    if (act.path === 'batch') {
      const refusal = refusalOf(() => engine.submitInBatch(act.bytes, nowNs, this.notices));
      if (refusal !== null) throw new Error(`a batch must not be refused whole: ${refusal}`);
      const outcome = engine.orders.outcome(0);
      if (outcome === 'waiting') throw new Error('a record must have an outcome');
      const code = engine.orders.code(0);
      if ((code === null) !== (outcome === 'done')) throw new Error(`${outcome} with ${code}`);
      const codes = outcome === 'denied' ? [...engine.orders.failedCodes(0)] : [code ?? []].flat();
      const id = engine.orders.clientOrderId(0);
      return { outcome, codes: codes.sort(), id, suggested: engine.orders.suggestedLots(0) };
    }
    const refusal = refusalOf(() => engine.submitAlone(act.bytes, nowNs, this.notices));
    if (refusal !== null) return { outcome: 'refused', codes: [refusal], id: 0, suggested: null };
    const verdict = this.notices.find((notice) => notice.kind === 'verdict');
    if (verdict?.kind !== 'verdict') throw new Error('a record must have a verdict');
    const { failed, clientOrderId: id, suggestedLots: suggested } = verdict;
    const codes = failed.map(({ code }) => code).sort();
    return { outcome: codes.length === 0 ? 'done' : 'denied', codes, id, suggested };
  }

  /** A list that passes has a known form, and no order of it is unsound or too large for the account as it stands. */
  #list(act: Submission): void {
    const { nowNs } = this.world;
    const refusal = refusalOf(() => this.engine.submitAlone(act.bytes, nowNs, this.notices));
    const verdicts = this.notices.filter((notice) => notice.kind === 'verdict');
    const isDenied = verdicts.some((notice) => notice.failed.length > 0);
    const outcome = refusal === null ? (isDenied ? 'denied' : 'done') : 'refused';
    this.counts[outcome] += 1;
    if (outcome !== 'done') return;
    const [contingency = 0, length = 0] = act.bytes.subarray(13, 15);
    const orders = Array.from({ length: Math.min(length, COMMANDS_MAX) }, (_, slot) =>
      readRecord(act.bytes.subarray(slot * COMMAND_BYTES, (slot + 1) * COMMAND_BYTES)),
    );
    const known = { ...KNOWN, nowNs };
    const sound = orders.every(({ command, terms }) => isSound(command, terms, known));
    if (length > COMMANDS_MAX || contingency >= CONTINGENCIES.length || !sound) {
      throw new Error(`a list of ${length} passed that is none`);
    }
    const sent = orders.slice(0, contingency < 2 ? 2 : 1);
    const denied = sent.flatMap((order) => this.world.judge(order).codes);
    if (denied.length > 0) throw new Error(`a list passed, and the reference says ${denied}`);
  }
}
