/**
 * Prices, quantities and money without floats: what is read exactly, what is refused, and how to round by name.
 * Run it with `npx tsx examples/exact-numbers.ts`.
 */
import { Amount, HoldfastError, Instrument } from 'holdfast/core';

const future = Instrument.create({
  symbol: 'ES',
  tickSize: '0.25',
  lotSize: '1',
  contractMultiplier: '50',
});

const price = future.price(4500.25);
const quantity = future.quantity(3);
console.log(`${quantity} × ${price} × 50 = ${future.notional(price, quantity)} USD`);

try {
  future.price(4500.3);
} catch (error) {
  if (error instanceof HoldfastError) console.log(`${error.code}: ${error.message}`);
}
console.log(`rounded down by name: ${future.floorPrice(4500.3)}`);

const tenth = Amount.parse('0.1', 'USD');
console.log(`0.1 + 0.2 = ${tenth.plus(Amount.parse('0.2', 'USD'))} (as floats ${0.1 + 0.2})`);
const thirds = Amount.parse('100', 'USD').timesRatio(1n, 3n, 'half_even');
console.log(`100 ÷ 3, half to even at 18 decimals = ${thirds}`);
