//! What of the gate moves, for snapshots: the limits as well, since other ones may be in force than the configuration says.

use super::Gate;
use crate::loss_guard::LossLimits;

holdfast_core::persist_fields!(LossLimits { daily, weekly, total, drawdown });

holdfast_core::persist_parts!(Gate {
    saved: [
        schedule,
        rate,
        guard,
        loss_limits,
        trade_day,
        day_trades,
        busiest_day_trades,
        mode,
        cut,
        governor,
        venue_budgets,
        strategy_budgets,
        recent,
        executions,
        collars,
        halted,
        breakers,
        account_confirmed,
        clock_offset_ns,
        measures,
    ],
    parts: [],
    given: [],
});
