import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';

import { HoldfastError } from '../../../core/holdfast-error.js';
import type { VenueClock } from './venue-clock.js';

/** Longest time that a request may take to arrive, and what is usual where none is named. */
export const WINDOW_MS_MAX = 60_000;
const WINDOW_MS_DEFAULT = 5_000;
const HEX_256 = /^[0-9a-f]{64}$/;

export interface RequestSignerOptions {
  /** The secret of the account; it is kept as a key object, which nothing prints. */
  readonly secret: string | Uint8Array;
  readonly clock: VenueClock;
  /** Milliseconds behind its timestamp within which the venue takes a request. Default 5000. */
  readonly windowMs?: number;
}

/** A request with its time and signature. */
export interface SignedRequest {
  readonly timestampMs: number;
  /** What is sent: the parameters, `timestamp`, `recvWindow`, and the signature behind them. */
  readonly query: string;
  /** HMAC-SHA256 of everything before it, hexadecimal. */
  readonly signature: string;
}

/**
 * Puts the venue's time and an HMAC-SHA256 signature on requests, in the form of `timestamp`, `recvWindow` and `signature` behind
 * the parameters. A clock that is not known to be right signs nothing.
 */
export class RequestSigner {
  readonly #key: KeyObject;
  readonly #clock: VenueClock;
  readonly #windowMs: number;

  /** @throws HoldfastError `CONFIG_INVALID` for an empty secret, or a window that is not 1 to 60,000 ms */
  constructor({ secret, clock, windowMs = WINDOW_MS_DEFAULT }: RequestSignerOptions) {
    this.#key = keyOf(secret);
    this.#clock = clock;
    this.#windowMs = checkedWindow(windowMs);
  }

  /** @throws HoldfastError `CLOCK_DRIFT_EXCEEDED`, `ARGUMENT_INVALID` for parameters that the signer itself adds */
  sign(parameters: Readonly<Record<string, string | number | boolean>> = {}): SignedRequest {
    const timestampMs = this.#clock.timestampMs();
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(parameters)) {
      if (name === 'timestamp' || name === 'recvWindow' || name === 'signature') {
        throw new HoldfastError('ARGUMENT_INVALID', `${name} must be left to the signer`, {
          context: { field: name },
        });
      }
      query.append(name, String(value));
    }
    query.append('timestamp', String(timestampMs));
    query.append('recvWindow', String(this.#windowMs));
    const text = query.toString();
    const signature = hmac(this.#key, text);
    return { timestampMs, query: `${text}&signature=${signature}`, signature };
  }
}

export interface VerifyOptions {
  readonly secret: string | Uint8Array;
  /** The verifier's time, milliseconds since 1970. */
  readonly nowMs: number;
  /** Largest window that a request may ask for. Default 60,000. */
  readonly windowMsMax?: number;
  /** How far a request may be from the future: clocks differ. Default 1000. */
  readonly aheadMsMax?: number;
}

/**
 * Checks a signed query as a venue does: the signature first, in constant time, and then the time. Gives its parameters.
 *
 * @throws HoldfastError `REQUEST_SIGNATURE_INVALID`, `REQUEST_TIME_REFUSED`
 */
export function verifySignedQuery(query: string, options: VerifyOptions): URLSearchParams {
  const at = query.lastIndexOf('&signature=');
  const given = at < 0 ? '' : query.slice(at + '&signature='.length);
  const text = at < 0 ? query : query.slice(0, at);
  const expected = hmac(keyOf(options.secret), text);
  const isSigned =
    HEX_256.test(given) && timingSafeEqual(Buffer.from(given, 'hex'), Buffer.from(expected, 'hex'));
  if (!isSigned) {
    throw new HoldfastError(
      'REQUEST_SIGNATURE_INVALID',
      'signature must be the HMAC-SHA256 of what stands before it, was not',
    );
  }
  const parameters = new URLSearchParams(text);
  checkTime(parameters, options);
  return parameters;
}

function checkTime(
  parameters: URLSearchParams,
  { nowMs, windowMsMax = WINDOW_MS_MAX, aheadMsMax = 1_000 }: VerifyOptions,
): void {
  const timestampMs = Number(parameters.get('timestamp') ?? Number.NaN);
  const windowMs = Number(parameters.get('recvWindow') ?? WINDOW_MS_DEFAULT);
  const isWindow = Number.isSafeInteger(windowMs) && windowMs > 0 && windowMs <= windowMsMax;
  const ageMs = nowMs - timestampMs;
  if (isWindow && Number.isSafeInteger(timestampMs) && ageMs >= -aheadMsMax && ageMs <= windowMs) {
    return;
  }
  throw new HoldfastError(
    'REQUEST_TIME_REFUSED',
    `timestamp must be within ${isWindow ? windowMs : windowMsMax} ms before ${nowMs}, was ${parameters.get('timestamp') ?? 'missing'}`,
    {
      context: {
        timestamp: parameters.get('timestamp'),
        nowMs,
        window: parameters.get('recvWindow'),
      },
    },
  );
}

function hmac(key: KeyObject, text: string): string {
  return createHmac('sha256', key).update(text).digest('hex');
}

function keyOf(secret: string | Uint8Array): KeyObject {
  const bytes = typeof secret === 'string' ? Buffer.from(secret, 'utf8') : secret;
  if (bytes.length === 0) throw new HoldfastError('CONFIG_INVALID', 'secret must not be empty');
  return createSecretKey(bytes);
}

function checkedWindow(windowMs: number): number {
  if (Number.isSafeInteger(windowMs) && windowMs > 0 && windowMs <= WINDOW_MS_MAX) return windowMs;
  throw new HoldfastError(
    'CONFIG_INVALID',
    `windowMs must be whole milliseconds from 1 to ${WINDOW_MS_MAX}, was ${windowMs}`,
    { context: { field: 'windowMs' } },
  );
}
