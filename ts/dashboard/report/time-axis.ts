import type uPlot from 'uplot';

const MINUTE_S = 60;
const HOUR_S = 3_600;
const DAY_S = 86_400;
const MONTH_S = 28 * DAY_S;
const YEAR_S = 365 * DAY_S;

/**
 * Labels of a time axis by the step between its ticks: first the label of a tick, then what is
 * added below where a year, a month or a day begins. Clock times have 24 hours and dates name the
 * month, so that no reader has to guess a country's order.
 */
export const TIME_LABELS: uPlot.Axis.TimeValuesConfig = [
  [YEAR_S, '{YYYY}', null, null, null, null, null, null, 1],
  [MONTH_S, '{MMM}', '\n{YYYY}', null, null, null, null, null, 1],
  [DAY_S, '{D} {MMM}', '\n{YYYY}', null, null, null, null, null, 1],
  [HOUR_S, '{HH}:{mm}', '\n{D} {MMM} {YYYY}', null, '\n{D} {MMM}', null, null, null, 1],
  [MINUTE_S, '{HH}:{mm}', '\n{D} {MMM} {YYYY}', null, '\n{D} {MMM}', null, null, null, 1],
  [1, '{HH}:{mm}:{ss}', '\n{D} {MMM} {YYYY}', null, '\n{D} {MMM}', null, null, null, 1],
];
