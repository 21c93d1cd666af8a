import type { ControlCode } from '#ts/core/controls.generated.js';
import type { Command } from '#ts/native/command-memory.js';
import type { LimitsOptions } from '#ts/risk/limits.js';
import type { ReferenceAccount } from './reference-account.js';

/** The controls of the whole portfolio again, slow and obvious. Money is in millionths of a unit, prices are in cents. */

const PARTS = 1_000_000n;
const MICROS_PER_CENT = 10_000n;
const NS_PER_MS = 1_000_000n;

export interface ToldPortfolio {
  correlations: {
    readonly asOfNs: bigint;
    /** By row and column below the diagonal, in millionths; null is not known. */
    readonly lower: readonly (readonly (bigint | null)[])[];
  } | null;
  risk: {
    readonly asOfNs: bigint;
    readonly varMicros: bigint;
    readonly cvarMicros: bigint;
    /** Points in millionths. */
    readonly score: bigint;
    /** Empty where only totals are told. */
    readonly parts: readonly {
      readonly exposureMicros: bigint;
      readonly varFrac: bigint;
      readonly cvarFrac: bigint;
    }[];
  } | null;
}

interface PortfolioWorld {
  readonly limits: LimitsOptions;
  readonly account: ReferenceAccount;
  readonly told: ToldPortfolio;
}

const abs = (value: bigint) => (value < 0n ? -value : value);
const larger = (one: bigint, other: bigint) => (one > other ? one : other);

/** What the portfolio denies of an order that does not reduce. */
export function portfolioCodes(
  world: PortfolioWorld,
  command: Command,
  nowNs: bigint,
): ControlCode[] {
  return [...correlationCodes(world, command, nowNs), ...riskCodes(world, command, nowNs)];
}

/** A limit in millionths; undefined while it is off. */
function millionths(world: PortfolioWorld, name: keyof LimitsOptions): bigint | undefined {
  const value = world.limits[name];
  if (value === undefined || value === 'unlimited') return undefined;
  const [whole = '0', rest = ''] = String(value).split('.');
  return BigInt(whole) * PARTS + BigInt(rest.padEnd(6, '0'));
}

function isOld(
  world: PortfolioWorld,
  name: 'correlationAgeMsMax' | 'riskAgeMsMax',
  ageNs: bigint,
): boolean {
  const ms = world.limits[name];
  return ms !== undefined && ms !== 'unlimited' && ageNs > BigInt(ms) * NS_PER_MS;
}

function correlationCodes(world: PortfolioWorld, command: Command, nowNs: bigint): ControlCode[] {
  const limit = millionths(world, 'correlationMax');
  if (limit === undefined) return [];
  const { account, told, limits } = world;
  const { instrument } = command;
  const others = account.holdings
    .map((_, index) => ({ index, ...account.worst(index, null) }))
    .filter(({ index, most, least }) => index !== instrument && (most > 0n || least < 0n));
  if (others.length === 0) return [];
  if (told.correlations === null) return ['CORRELATION_STALE'];
  const { asOfNs, lower } = told.correlations;
  const pairs = others.map(({ index, most, least }) => {
    const [row, column] = index > instrument ? [index, instrument] : [instrument, index];
    const between = lower[row]?.[column] ?? null;
    if (between === null) return null;
    if (limits.correlationAbsolute === true) return abs(between);
    const isBuy = command.side === 0;
    const counted: bigint[] = [];
    if (isBuy ? most > 0n : least < 0n) counted.push(between);
    if (isBuy ? least < 0n : most > 0n) counted.push(-between);
    return counted.reduce(larger);
  });
  const codes: ControlCode[] = [];
  const isUnknown = pairs.includes(null);
  if (isUnknown || isOld(world, 'correlationAgeMsMax', nowNs - asOfNs)) {
    codes.push('CORRELATION_STALE');
  }
  if (!isUnknown && pairs.some((pair) => pair !== null && pair > limit)) {
    codes.push('CORRELATION_TOO_HIGH');
  }
  return codes;
}

function riskCodes(world: PortfolioWorld, command: Command, nowNs: bigint): ControlCode[] {
  const { account, told, limits } = world;
  const score = millionths(world, 'riskScoreMax');
  const bounds = [
    bound(world, 'varFracMax', 'varAmountMax'),
    bound(world, 'cvarFracMax', 'cvarAmountMax'),
  ];
  const isBounded = bounds.some((each) => each !== undefined);
  if (!isBounded && score === undefined) return [];
  const { risk } = told;
  if (risk === null) return ['PORTFOLIO_RISK_STALE'];
  const codes: ControlCode[] = [];
  if (isOld(world, 'riskAgeMsMax', nowNs - risk.asOfNs)) codes.push('PORTFOLIO_RISK_STALE');
  if (score !== undefined && risk.score > score) codes.push('RISK_SCORE_EXCEEDED');
  const isBuy = command.side === 0;
  const changes = account.holdings.map((_, index) => {
    const isOwn = index === command.instrument;
    const { most, least } = account.worst(index, isOwn ? { isBuy, lots: command.lots } : null);
    const mark = account.mark(index) ?? 0n;
    const price = isOwn ? larger(mark, command.limitTicks ?? mark) : mark;
    const measured = risk.parts[index]?.exposureMicros ?? 0n;
    const off = (lots: bigint) => abs(lots * price * MICROS_PER_CENT - measured);
    return larger(off(most), off(least));
  });
  if (account.mark(command.instrument) === undefined) return codes;
  const worst = (total: bigint, of: 'varFrac' | 'cvarFrac') =>
    changes.reduce((sum, change, index) => sum + change * (risk.parts[index]?.[of] ?? 0n), total);
  const [varBound, cvarBound] = bounds;
  const exceeds = (sum: bigint, most: bigint | undefined) => most !== undefined && sum > most;
  if (exceeds(worst(risk.varMicros * PARTS, 'varFrac'), varBound)) codes.push('VAR_EXCEEDED');
  if (exceeds(worst(risk.cvarMicros * PARTS, 'cvarFrac'), cvarBound)) codes.push('CVAR_EXCEEDED');
  return codes;

  /** The lower of a share of equity and an amount, in 10⁻¹² units. */
  function bound(
    of: PortfolioWorld,
    share: 'varFracMax' | 'cvarFracMax',
    amount: 'varAmountMax' | 'cvarAmountMax',
  ): bigint | undefined {
    const fraction = millionths(of, share);
    const part = fraction === undefined ? undefined : account.equity * MICROS_PER_CENT * fraction;
    const told = limits[amount];
    if (told === undefined || told === 'unlimited') return part;
    const whole = BigInt(told) * PARTS * PARTS;
    return part === undefined || whole < part ? whole : part;
  }
}
