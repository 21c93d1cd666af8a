import type { FuseOptions } from 'holdfast/risk';

/** An egress fuse without ceilings: a benchmark sends in a second what no bot may send in a day. It counts all the same. */
export const OPEN_FUSE: FuseOptions = {
  account: {
    ordersPerSecondMax: 'unlimited',
    ordersPerMinuteMax: 'unlimited',
    ordersPerDayMax: 'unlimited',
    notionalPerSecondMax: 'unlimited',
    notionalPerMinuteMax: 'unlimited',
    notionalPerDayMax: 'unlimited',
  },
  unansweredNotionalMax: 'unlimited',
  repeatsMax: 'unlimited',
};
