//! What of the gate moves, for snapshots; the limits come from the configuration.

use super::Gate;

holdfast_core::persist_parts!(Gate {
    saved: [guard, trade_day, day_trades, busiest_day_trades, mode],
    parts: [rate],
    given: [limits],
});
