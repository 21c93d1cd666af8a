export {
  RequestSigner,
  type RequestSignerOptions,
  type SignedRequest,
  verifySignedQuery,
  type VerifyOptions,
} from './request-signer.js';
export {
  type ClockOffset,
  type TimeAnswer,
  VenueClock,
  type VenueClockOptions,
} from './venue-clock.js';
