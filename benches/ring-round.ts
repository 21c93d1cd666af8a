/** The round to get ready for; -1 ends the thread. */
export const READY_WORD = 0;
/** The round that the thread is awake for, and spins until it may run. */
export const AWAKE_WORD = 1;
/** The round to run: waking a thread would take as long as many records do. */
export const RUN_WORD = 2;
