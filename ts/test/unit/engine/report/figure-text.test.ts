import { expect, it } from 'vitest';
import {
  countText,
  dateText,
  durationText,
  fixedText,
  hashText,
  percentText,
  signedPercentText,
} from '#ts/engine/report/figure-text.js';

it('prints percentages with a true minus sign, and a dash for what does not exist', () => {
  expect(percentText(0.0512)).toBe('5.12 %');
  expect(percentText(-0.5678, 1)).toBe('−56.8 %');
  expect(percentText(-0.00001)).toBe('0.00 %');
  expect(percentText(null)).toBe('–');
  expect(signedPercentText(0.021)).toBe('+2.10 %');
  expect(signedPercentText(-0.021)).toBe('−2.10 %');
  expect(signedPercentText(0)).toBe('0.00 %');
  expect(signedPercentText(0.000001)).toBe('0.00 %');
  expect(signedPercentText(null)).toBe('–');
});

it('groups thousands', () => {
  expect(fixedText(-1234567.891, 1)).toBe('−1,234,567.9');
  expect(countText(1000)).toBe('1,000');
  expect(fixedText(null)).toBe('–');
});

it('prints dates, durations and hashes', () => {
  expect(dateText(Date.parse('2008-09-15T23:59:59.999Z'))).toBe('2008-09-15');
  expect(dateText(null)).toBe('–');
  expect(durationText(1)).toBe('1 day');
  expect(durationText(517)).toBe('517 days');
  expect(durationText(1_480)).toBe('4.1 years');
  expect(hashText('0123456789abcdef0')).toBe('0123456789abcdef…');
  expect(hashText('0123')).toBe('0123');
});
