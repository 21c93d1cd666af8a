/** Errors by which a venue says for certain that it took no order. */
const REJECTIONS = new Set([
  'InvalidOrder',
  'InsufficientFunds',
  'AuthenticationError',
  'BadRequest',
  'ArgumentsRequired',
  'NotSupported',
  'OperationRejected',
]);
/** Errors below them by which it does not: the id may be that of an order that went through before. */
const NO_REJECTIONS = new Set(['DuplicateOrderId', 'OrderNotFound', 'OrderNotCached']);
const NOT_FOUND = 'OrderNotFound';

/** Names of an error's class and of those above it; a copy of the client has the same names and other classes. */
function classNames(error: unknown): readonly string[] {
  const names: string[] = [];
  for (
    let at: unknown = error;
    typeof at === 'object' && at !== null;
    at = Object.getPrototypeOf(at)
  ) {
    const maker: unknown = Reflect.get(at, 'constructor');
    if (typeof maker === 'function') names.push(maker.name);
  }
  return names;
}

/** Whether the venue refused an order for certain. Whatever is not known to be a refusal leaves the order in doubt. */
export function isRejection(error: unknown): boolean {
  const names = classNames(error);
  return (
    names.some((name) => REJECTIONS.has(name)) && !names.some((name) => NO_REJECTIONS.has(name))
  );
}

/** Whether an error speaks of the venue itself, its network or this machine, and not of what was asked. */
export function isVenueFailure(error: unknown): boolean {
  return (
    !classNames(error).includes('ExchangeError') && !isRejection(error) && !isUnknownOrder(error)
  );
}

/** Whether the venue says that it does not know an order. */
export function isUnknownOrder(error: unknown): boolean {
  return classNames(error).includes(NOT_FOUND);
}
