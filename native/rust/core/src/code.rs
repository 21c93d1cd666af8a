//! The one table of codes: denials and failures, with category, retryability, meaning and remedy.
//!
//! TypeScript's `Code` union and the documentation page are generated from it (`npm run generate`).
//! Numbers are written to journals, so a number is never reused.

/// What a caller can do about a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Category {
    /// The caller passed something that can never work: fix the argument.
    Validation,
    /// The gate refused: an order or a limit has to change.
    Risk,
    /// The venue answered with an error.
    Exchange,
    /// Market or reference data is unusable.
    Data,
    /// Files, memory, native code or the operating system failed.
    Infrastructure,
}

impl Category {
    /// Returns the name used in TypeScript, JSON and the documentation.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Validation => "validation",
            Self::Risk => "risk",
            Self::Exchange => "exchange",
            Self::Data => "data",
            Self::Infrastructure => "infrastructure",
        }
    }
}

macro_rules! codes {
    ($($number:literal $variant:ident $name:literal $category:ident $retryable:literal $meaning:literal $remedy:literal;)*) => {
        /// Stable code of a failure or a denial.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[repr(u16)]
        pub enum Code {
            $(#[doc = $meaning] $variant = $number,)*
        }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Returns the stable upper-case name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// Returns the category.
            #[must_use]
            pub const fn category(self) -> Category {
                match self { $(Self::$variant => Category::$category,)* }
            }

            /// Returns whether the same call may succeed later without a change.
            #[must_use]
            pub const fn retryable(self) -> bool {
                match self { $(Self::$variant => $retryable,)* }
            }

            /// Returns the sentence of the documentation.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)* }
            }

            /// Returns what the caller can do.
            #[must_use]
            pub const fn remedy(self) -> &'static str {
                match self { $(Self::$variant => $remedy,)* }
            }

            /// Returns the code with this number, if there is one.
            #[must_use]
            pub const fn from_number(number: u16) -> Option<Self> {
                match number { $($number => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

codes! {
    1 ArgumentInvalid "ARGUMENT_INVALID" Validation false "An argument has the wrong type or shape." "Pass what the message names.";
    2 DecimalInvalid "DECIMAL_INVALID" Validation false "A decimal is not a finite number in plain notation." "Pass a decimal string such as \"100.25\" or a finite number.";
    3 PriceOffTick "PRICE_OFF_TICK" Validation false "A price is not a multiple of the instrument's tick." "Use one of the neighbours in the context, or round by name (instrument.floorPrice); for a data file, add `tick` and `round` to its description.";
    4 PriceOutOfRange "PRICE_OUT_OF_RANGE" Validation false "A price does not fit the 64-bit range of ticks." "Check the price, or give the instrument a coarser tick.";
    5 QtyOffLot "QTY_OFF_LOT" Validation false "A quantity is not a multiple of the instrument's lot." "Use one of the neighbours in the context, or round by name (instrument.floorQuantity).";
    6 QtyOutOfRange "QTY_OUT_OF_RANGE" Validation false "A quantity does not fit the 64-bit range of lots." "Check the quantity, or give the instrument a coarser lot.";
    7 AmountTooPrecise "AMOUNT_TOO_PRECISE" Validation false "An amount has more than 18 decimals." "Round by name before the call.";
    8 AmountOverflow "AMOUNT_OVERFLOW" Validation false "An amount left the range of 128 bits at 18 decimals." "Check the operands: the range is about 1.7e20 units of the currency.";
    9 CurrencyMismatch "CURRENCY_MISMATCH" Validation false "Two amounts of different currencies were combined." "Convert one of them first.";
    10 DivisionByZero "DIVISION_BY_ZERO" Validation false "A division by zero was asked for." "Check the divisor.";
    11 TimestampInvalid "TIMESTAMP_INVALID" Validation false "A time is not a valid instant in nanoseconds since 1970." "Pass an ISO date, epoch seconds, milliseconds or nanoseconds.";
    12 InstrumentInvalid "INSTRUMENT_INVALID" Validation false "An instrument's rules contradict each other or cannot be represented." "Correct the field that the message names.";
    13 InstrumentUnknown "INSTRUMENT_UNKNOWN" Validation false "No instrument has this id." "Register the instrument before use.";
    14 ConfigInvalid "CONFIG_INVALID" Validation false "A setting has a wrong value." "Correct the field that the message names.";
    15 ConfigUnknownKey "CONFIG_UNKNOWN_KEY" Validation false "A setting has a key that does not exist." "Remove the key, or use the one that the message suggests.";
    16 LimitsInvalid "LIMITS_INVALID" Validation false "A limit has a wrong value, or is missing." "Give each limit a value or the word \"unlimited\".";
    17 LimitsUnknownKey "LIMITS_UNKNOWN_KEY" Validation false "The limits have a key that does not exist." "Remove the key, or use the one that the message suggests.";
    18 LimitsPresetUnknown "LIMITS_PRESET_UNKNOWN" Validation false "No limits preset has this name." "Use one of the names in the context, or a file.";
    19 StrategyInvalid "STRATEGY_INVALID" Validation false "A file or value is no strategy." "Export a strategy made with defineStrategy() as default.";
    20 StrategyThrew "STRATEGY_THREW" Validation false "The strategy threw an exception; the session ended there." "Mend the strategy; the journal holds what was done so far.";
    21 OrderInvalid "ORDER_INVALID" Validation false "An order's fields contradict each other." "Correct the field that the message names.";
    22 OrderUnknown "ORDER_UNKNOWN" Validation false "No open order has this id." "Check the id; the order may have ended already.";
    23 OrderTransitionIllegal "ORDER_TRANSITION_ILLEGAL" Exchange false "An event does not fit the order's state." "Read the order's history in the journal.";
    24 OrderCapacityExhausted "ORDER_CAPACITY_EXHAUSTED" Risk true "The number of open orders reached its capacity." "Cancel orders, or raise max_open_orders at start.";
    25 FillInvalid "FILL_INVALID" Exchange false "A fill has no quantity, or names an unknown order." "Read the venue's report in the journal.";
    26 ModeResetRequired "MODE_RESET_REQUIRED" Validation false "A trading mode was to be loosened without the reset procedure." "Let a person look at what happened, then call resetMode() with a reason.";
    30 DataFileNotFound "DATA_FILE_NOT_FOUND" Data false "A data file does not exist or cannot be read." "Check the path.";
    31 DataEmpty "DATA_EMPTY" Data false "A data file holds no bar (in the period asked for)." "Check the file and the period.";
    32 DataColumnMissing "DATA_COLUMN_MISSING" Data false "A column that is needed is missing." "Name it with --columns, for example close=Last.";
    33 DataRowInvalid "DATA_ROW_INVALID" Data false "A row of the data is unusable." "Mend the row, or pass --on-bad-row skip to count and list bad rows.";
    34 DataFormatUnknown "DATA_FORMAT_UNKNOWN" Data false "The format of a data file is not known." "Name it with --format.";
    35 DataDescriptionInvalid "DATA_DESCRIPTION_INVALID" Data false "The description of a data set is wrong." "Correct the field that the message names.";
    36 DataSourceFailed "DATA_SOURCE_FAILED" Data true "The worker that reads the data failed." "Read the cause in the error.";
    37 EventInvalid "EVENT_INVALID" Data false "A market event is malformed or out of order." "Check the producer of the events.";
    40 RingInvalid "RING_INVALID" Infrastructure false "A ring's memory or capacity is not usable." "Create it with Ring.create and a power of two as capacity.";
    41 JournalNotFound "JOURNAL_NOT_FOUND" Infrastructure false "No journal is at this path." "Check the path: it is the folder `journal` of a session.";
    42 JournalCorrupt "JOURNAL_CORRUPT" Infrastructure false "A record of the journal does not match its checksum or chain." "Everything before the record named is intact; restore the file from a copy.";
    43 JournalTruncated "JOURNAL_TRUNCATED" Infrastructure false "The journal ends inside a record." "Everything before the record named is intact.";
    44 JournalIo "JOURNAL_IO" Infrastructure true "The journal could not be read or written." "Check disk space and permissions.";
    45 JournalDiverged "JOURNAL_DIVERGED" Infrastructure false "Replaying the journal gave other records than it holds." "Replay with the version that wrote it; the first difference is in the context.";
    46 OutputIo "OUTPUT_IO" Infrastructure true "An output file could not be written." "Check disk space and permissions.";
    47 OutputExists "OUTPUT_EXISTS" Infrastructure false "The output folder holds files that are not a session's." "Choose another folder with --out.";
    48 DependencyMissing "DEPENDENCY_MISSING" Infrastructure false "An optional package is not installed." "Install the package that the message names.";
    49 NativeMissing "NATIVE_MISSING" Infrastructure false "The native addon for this platform is missing." "Run `npm run setup` in a clone, or install a package that supports this platform.";
    50 NativePanic "NATIVE_PANIC" Infrastructure false "Native code failed and was contained; the object it belongs to is closed." "Please report it with the context.";
    51 HandleClosed "HANDLE_CLOSED" Infrastructure false "An object was used after close()." "Create a new one.";
    52 CapacityExhausted "CAPACITY_EXHAUSTED" Infrastructure true "A fixed capacity was reached." "Raise the capacity that the message names.";
    53 SessionAborted "SESSION_ABORTED" Infrastructure true "The session was stopped from outside; the journal holds what was done so far." "Run it again.";
    54 SnapshotCorrupt "SNAPSHOT_CORRUPT" Infrastructure false "A snapshot of the state is torn or damaged." "Nothing: an older snapshot or the whole journal is used. Remove the file that the message names.";
    55 SnapshotForeign "SNAPSHOT_FOREIGN" Infrastructure false "A snapshot is of another journal, or of a record that the journal does not hold." "Nothing: an older snapshot or the whole journal is used. Remove the file that the message names.";
    60 SnapshotVersion "SNAPSHOT_VERSION" Infrastructure false "A snapshot has the form of another version of Holdfast." "Nothing: the whole journal is used. Restart with the version that wrote it where the journal begins late.";
    61 SnapshotDiverged "SNAPSHOT_DIVERGED" Infrastructure false "The state read from a snapshot has another hash than the one that was written." "Please report it with the file; an older snapshot or the whole journal is used.";
    62 SnapshotMissing "SNAPSHOT_MISSING" Infrastructure false "The journal gave up its first records, and no snapshot stands for them." "Restore a snapshot or the first segments from a copy.";
    63 ReconciliationItemUnknown "RECONCILIATION_ITEM_UNKNOWN" Validation false "No open difference with the venue has this id." "List the differences again; one that was decided is closed.";
    64 ReconciliationDecisionInvalid "RECONCILIATION_DECISION_INVALID" Validation false "A difference with the venue cannot be decided like this; nothing was changed." "Choose one of the decisions that the item lists; to ignore it give a reason.";
    65 VenueSnapshotInvalid "VENUE_SNAPSHOT_INVALID" Exchange false "What the venue is said to have is contradictory." "Correct the field that the message names.";
    66 VenueSnapshotStale "VENUE_SNAPSHOT_STALE" Exchange true "What the venue is said to have is older than what it said before." "Ask the venue again.";
    70 JournalLocked "JOURNAL_LOCKED" Infrastructure true "Another process has the journal open for writing." "Stop the process that the message names, or choose another folder; a process that has ended holds no lock.";
    71 JournalVersion "JOURNAL_VERSION" Infrastructure false "The journal was written in a later format." "Read it with the version of Holdfast that wrote it, or a later one.";
    72 JournalStopped "JOURNAL_STOPPED" Infrastructure false "An earlier write of this journal failed, so that it takes no more records." "Mend the cause in the context and open the journal again: what was committed is intact.";
    73 JournalAnchorMismatch "JOURNAL_ANCHOR_MISMATCH" Infrastructure false "The journal is not the one of which the anchor was taken." "Treat the journal as tampered with or restored from an older copy; compare it with a backup.";
    74 JournalOrderMissing "JOURNAL_ORDER_MISSING" Infrastructure false "The journal holds no order with this id." "List the orders with `holdfast journal show FOLDER --kinds order_submitted`.";
    75 ActorPlanInvalid "ACTOR_PLAN_INVALID" Validation false "A division of an account among actors leaves an instrument or a limit without a place." "Give each instrument to one actor, and budgets that add up to the account's cash.";
    76 ActorStopped "ACTOR_STOPPED" Infrastructure false "A worker thread of the actors has ended, so that it takes no more inputs." "Read the cause in the context; every actor's journal holds what was done so far.";
    77 SimulationViolated "SIMULATION_VIOLATED" Infrastructure false "A rule that must hold under every fault was broken in a simulation." "Please report it with the seed and the schedule.";
    78 FaultUnknown "FAULT_UNKNOWN" Validation false "No fault of the simulator has this name." "Use one of the names in the message.";
    79 StrategyRuleBroken "STRATEGY_RULE_BROKEN" Validation false "A rule that the test of a strategy set was broken in a simulation." "Run the seed again and mend the strategy, or the rule.";
    80 StrategyUnrepeatable "STRATEGY_UNREPEATABLE" Validation false "A strategy decided otherwise in a second, equal run." "Draw chance from context.random(), and keep state in state() instead of outside of the strategy.";
    81 AmendInvalid "AMEND_INVALID" Validation false "An amendment would change nothing, or contradicts its order." "Correct the field that the message names.";
    82 FillConflict "FILL_CONFLICT" Exchange false "A trade id that was applied came again with other numbers; nothing was changed." "Ask the venue for the order's fills; the journal holds both reports.";
    83 ReportMismatch "REPORT_MISMATCH" Exchange false "A report names another instrument or account than its order." "Check which stream the report came from; nothing was changed.";
    84 SequenceGap "SEQUENCE_GAP" Exchange true "Reports of an instrument are missing by the venue's own numbering." "Ask the venue for the orders and fills of the instrument.";
    85 IdempotencyConflict "IDEMPOTENCY_CONFLICT" Validation false "An idempotency key was used again with another order; nothing was sent." "Use a key of its own for each order.";
    86 SelfTrade "SELF_TRADE" Risk true "The order could match an own order, and the account's policy denies it." "Cancel the resting order, or choose a policy under which it gives way.";
    87 TradingModeDenied "TRADING_MODE_DENIED" Risk true "The trading mode lets no such order pass." "Wait until the mode is normal again; in reduced mode only orders that reduce the position pass.";
    88 OrderIdInvalid "ORDER_ID_INVALID" Validation false "A text is no order id of this bot, or an id is out of its range." "Ask for the prefix it was written with; an epoch is used up only after two million sessions.";
    89 RateStale "RATE_STALE" Risk true "The rate of a currency into the account's is missing or too old." "Wait for a rate, or feed one for the currency.";
    90 MarginInsufficient "MARGIN_INSUFFICIENT" Risk false "The available margin does not cover the initial margin of the order." "Send a smaller order, reduce positions or add funds.";
    91 RateInvalid "RATE_INVALID" Validation false "A rate of exchange is not positive, or has more digits than can be kept." "Pass a positive decimal of at most 18 digits.";
    92 CurrencyUnknown "CURRENCY_UNKNOWN" Validation false "The account does not hold this currency." "Name it in the account's balances, or trade an instrument that settles in it.";
    96 JournalGap "JOURNAL_GAP" Infrastructure true "Records are missing in a stream of journal records." "Send the stream again from the record expected.";
    100 OrderQtyExceeded "ORDER_QTY_EXCEEDED" Risk false "The order's quantity is above its limit." "Send a smaller order.";
    101 OrderNotionalExceeded "ORDER_NOTIONAL_EXCEEDED" Risk false "The order's notional is above its limit." "Send a smaller order.";
    102 PositionLimitExceeded "POSITION_LIMIT_EXCEEDED" Risk false "The position, if every open order filled, would be above its fraction of equity." "Send a smaller order, or cancel open ones.";
    103 GrossExposureExceeded "GROSS_EXPOSURE_EXCEEDED" Risk false "The gross exposure, if every open order filled, would be above its fraction of equity." "Send a smaller order, or reduce positions.";
    104 PriceBandExceeded "PRICE_BAND_EXCEEDED" Risk false "The order's price is too far from the reference price." "Check the price.";
    105 OrderRateExceeded "ORDER_RATE_EXCEEDED" Risk true "Too many orders were sent in the last minute." "Wait.";
    106 DailyTradesExceeded "DAILY_TRADES_EXCEEDED" Risk true "Too many opening orders were sent today." "Wait for the next day.";
    107 DailyLossExceeded "DAILY_LOSS_EXCEEDED" Risk true "The loss of the day reached its limit; only reducing orders pass." "Wait for the next day.";
    108 DrawdownExceeded "DRAWDOWN_EXCEEDED" Risk false "The drawdown of marked equity reached its limit; only reducing orders pass." "Review the strategy and start a new session.";
    109 StopLossRequired "STOP_LOSS_REQUIRED" Risk false "A position-opening order carries no stop loss, or one on the wrong side." "Set stopLoss on the order.";
    110 PriceStale "PRICE_STALE" Risk true "The reference price is missing or too old." "Wait for market data.";
    111 AccountUnavailable "ACCOUNT_UNAVAILABLE" Risk true "Equity is missing, zero or negative, so that limits relative to it cannot be judged." "Fund the account.";
    112 QtyBelowMin "QTY_BELOW_MIN" Risk false "The quantity is below the instrument's minimum." "Send a larger order.";
    113 QtyAboveMax "QTY_ABOVE_MAX" Risk false "The quantity is above the instrument's maximum." "Split the order.";
    114 NotionalBelowMin "NOTIONAL_BELOW_MIN" Risk false "The notional is below the instrument's minimum." "Send a larger order.";
    115 NotionalAboveMax "NOTIONAL_ABOVE_MAX" Risk false "The notional is above the instrument's maximum." "Split the order.";
    116 PercentPriceExceeded "PERCENT_PRICE_EXCEEDED" Risk false "The price is outside the instrument's percent-price band." "Move the price towards the market.";
    118 RiskArithmetic "RISK_ARITHMETIC" Risk false "A value needed by the judgement overflowed; the order is refused." "Check quantity, price and limits.";
    119 CircuitOpen "CIRCUIT_OPEN" Infrastructure true "The circuit breaker of a component is open, so that it is not called." "Wait for the time in the context; the component failed too often, or somebody opened its breaker.";
    120 CircuitHalfOpenExhausted "CIRCUIT_HALF_OPEN_EXHAUSTED" Infrastructure true "The breaker tries the component out, and all its trial calls are under way." "Wait for their outcome.";
    121 CircuitGlobalOpen "CIRCUIT_GLOBAL_OPEN" Infrastructure true "Global circuit open: too many components are down for any to be called." "Wait until the components named have recovered.";
    122 CircuitMinCallsNotMet "CIRCUIT_MIN_CALLS_NOT_MET" Infrastructure true "The window holds too few calls to tell whether the component works, and this call asked for that confidence." "Let calls without that demand through first, such as health checks.";
    123 CircuitDependencyOpen "CIRCUIT_DEPENDENCY_OPEN" Infrastructure true "A component that this one depends on is open." "Wait for the component named.";
    124 CircuitTooManyFailures "CIRCUIT_TOO_MANY_FAILURES" Infrastructure true "Failures in the window reached the threshold: the breaker opened." "Look at the component's errors; the breaker tries it again by itself.";
    125 CircuitTimeout "CIRCUIT_TIMEOUT" Infrastructure true "A call through a breaker took longer than it may, and counts as a failure." "Raise timeoutMs, or look at the component.";
    126 CircuitOverrideDenied "CIRCUIT_OVERRIDE_DENIED" Risk false "A manual override was not authorised, or could not be recorded; nothing was changed." "Pass an authority that allows it to this actor.";
    127 CircuitOverrideForbidden "CIRCUIT_OVERRIDE_FORBIDDEN" Risk false "The discipline profile, or the kind of the breaker, allows no manual override." "Wait for the breaker to recover by its own rule.";
    128 CircuitReloadConflict "CIRCUIT_RELOAD_CONFLICT" Infrastructure true "Somebody else was changing the same thresholds." "Try again.";
    129 CircuitTradingOpen "CIRCUIT_TRADING_OPEN" Risk true "The trading breaker is open: no new trade starts." "The context names the conditions and how each one ends.";
    130 ExchangeNotSupported "EXCHANGE_NOT_SUPPORTED" Validation false "There is no fee schedule of this name." "Use one of the names in the context, or add a schedule of your own.";
    131 FeeDataStale "FEE_DATA_STALE" Data true "A live fee schedule is older than it may be, or was never loaded." "Wait for the next refresh; the context has the age and its bound.";
    132 FeeScheduleInvalid "FEE_SCHEDULE_INVALID" Data false "A fee schedule has a wrong value, or its tiers contradict each other." "Correct the field that the message names.";
    133 FeeTierUnknown "FEE_TIER_UNKNOWN" Validation false "A fee schedule has no such tier or discount, or cannot tell the tier by volume." "Use one of the names in the context.";
    134 FundingRateStale "FUNDING_RATE_STALE" Data true "The funding rate of a perpetual is missing or too old." "Wait for a rate, or feed one.";
    135 FeeQuoteMissing "FEE_QUOTE_MISSING" Data true "Without a quote nobody can tell whether a limit order would cross, or what it would slip." "Pass the best bid and ask.";
    136 BreakEvenUnreachable "BREAK_EVEN_UNREACHABLE" Validation false "No price in range pays for the costs of a round trip." "Check the costs: they may exceed the whole notional.";
    140 PositionQtyExceeded "POSITION_QTY_EXCEEDED" Risk false "The position, if every open order filled, would be above its quantity." "Send a smaller order, or cancel open ones.";
    141 PositionNotionalExceeded "POSITION_NOTIONAL_EXCEEDED" Risk false "The position, if every open order filled, would be above its notional." "Send a smaller order, or cancel open ones.";
    142 NetExposureExceeded "NET_EXPOSURE_EXCEEDED" Risk false "Longs less shorts, if every open order of one side filled, would be above their fraction of equity." "Send a smaller order, or hedge.";
    143 AssetExposureExceeded "ASSET_EXPOSURE_EXCEEDED" Risk false "The exposure to one asset over all its instruments would be above its fraction of equity." "Send a smaller order, or reduce other instruments of the asset.";
    144 GroupExposureExceeded "GROUP_EXPOSURE_EXCEEDED" Risk false "The exposure to the instrument's group would be above its fraction of equity." "Send a smaller order, or reduce other instruments of the group.";
    145 ConcentrationExceeded "CONCENTRATION_EXCEEDED" Risk false "The instrument's share of the portfolio would be above its limit." "Send a smaller order, or spread over more instruments.";
    146 LeverageExceeded "LEVERAGE_EXCEEDED" Risk false "Gross exposure over equity would be above the permitted leverage." "Send a smaller order, or reduce positions.";
    147 BuyingPowerExceeded "BUYING_POWER_EXCEEDED" Risk false "Open buy orders would cost more than the permitted part of settled cash." "Send a smaller order, or cancel open ones.";
    148 OpenOrdersExceeded "OPEN_ORDERS_EXCEEDED" Risk true "More orders would be open than the limits permit." "Cancel orders.";
    149 MessageRateExceeded "MESSAGE_RATE_EXCEEDED" Risk true "The venue's message budget is used up, but for what is kept for cancels." "Wait; cancels pass.";
    150 DuplicateIntent "DUPLICATE_INTENT" Risk true "The same order of the same strategy was sent a moment ago." "Wait for the window to pass if it was meant.";
    151 ExecutionsThrottled "EXECUTIONS_THROTTLED" Risk false "The strategy was executed too often within the window and is disabled until a person enables it again." "Look at what it did, then enable it again.";
    152 WeeklyLossExceeded "WEEKLY_LOSS_EXCEEDED" Risk true "The loss of the week reached its limit; only reducing orders pass." "Wait for the next week.";
    153 TotalLossExceeded "TOTAL_LOSS_EXCEEDED" Risk false "The loss since the start reached its limit; only reducing orders pass." "Review the strategy and start a new session.";
    154 DrawdownGuard "DRAWDOWN_GUARD" Risk true "The order is larger than what is left of its limits in this drawdown." "Send a smaller order, or wait for equity to recover.";
    155 ConsecutiveLosses "CONSECUTIVE_LOSSES" Risk true "Too many losing trades came in a row." "Wait for the next day, or enable trading again.";
    156 PriceCollarExceeded "PRICE_COLLAR_EXCEEDED" Risk false "The order's price is too far from where the market stood when the window began." "Check the price; the collar follows the market with its window.";
    157 StopCoverageMissing "STOP_COVERAGE_MISSING" Risk true "The position has been without a live protective order for too long." "Place a stop for the whole position.";
    158 AccountStale "ACCOUNT_STALE" Risk true "The venue has not confirmed the account for too long." "Wait for the account, or ask for it.";
    159 IntentStale "INTENT_STALE" Risk true "The market event that caused the order is too old." "Decide again on present data.";
    160 ClockDriftExceeded "CLOCK_DRIFT_EXCEEDED" Risk true "The clock's offset is unknown or too large." "Synchronise the clock and measure again.";
    161 InstrumentRestricted "INSTRUMENT_RESTRICTED" Risk false "The instrument is on the restricted list." "Trade another instrument.";
    162 OutsideTradingHours "OUTSIDE_TRADING_HOURS" Risk true "No trading session is open." "Wait for the session.";
    163 InstrumentHalted "INSTRUMENT_HALTED" Risk true "The venue has halted the instrument." "Wait until trading resumes.";
    164 ShortSaleDenied "SHORT_SALE_DENIED" Risk false "The order could open a short position, for which there is no permission." "Sell no more than is held.";
    165 BreakerOpen "BREAKER_OPEN" Risk true "A circuit breaker is open." "Wait until the component has recovered.";
    166 StrategyMessageRateExceeded "STRATEGY_MESSAGE_RATE_EXCEEDED" Risk true "The strategy's message budget is used up, but for what is kept for cancels." "Wait; cancels pass.";
    170 LimitsContradictory "LIMITS_CONTRADICTORY" Validation false "Two limits contradict each other." "Correct one of the two that the message names.";
    171 LimitsLooseningDenied "LIMITS_LOOSENING_DENIED" Validation false "Limits would become looser, and neither a delay nor the second key permits it." "Bring the second key, or only tighten.";
    200 MatrixInvalid "MATRIX_INVALID" Validation false "A matrix has another size, a number that is not finite, or is not symmetric." "Correct the entry named.";
    201 MatrixNotDefinite "MATRIX_NOT_DEFINITE" Validation false "A covariance matrix is not positive definite." "Use more observations than assets, or a shrunk estimate.";
    202 SampleTooSmall "SAMPLE_TOO_SMALL" Validation false "A sample has no whole outcome in the tail asked for." "Use more scenarios or a lower level.";
    203 SimulationNotFinite "SIMULATION_NOT_FINITE" Data false "Some simulated outcomes are no finite numbers." "Check exposures, volatilities and the horizon.";
    204 ReturnsInvalid "RETURNS_INVALID" Data false "Returns or prices hold a value that is no finite number, or rows of different lengths." "Mend the value that the message names; nothing is filled in.";
    205 DatesMisaligned "DATES_MISALIGNED" Data false "Two series do not have the same dates." "Ask for the dates that all have in common by name (missing: 'intersect'), or mend the data.";
    206 ObservationsTooFew "OBSERVATIONS_TOO_FEW" Data false "There are fewer observations than the estimator needs." "Use more observations, or a shrunk estimate.";
    207 ExpansionInvalid "EXPANSION_INVALID" Validation false "Skewness and kurtosis lie outside the domain in which the Cornish-Fisher expansion is a quantile." "Use another method for this sample.";
    208 FitFailed "FIT_FAILED" Data false "A model could not be fitted to the sample." "Use more observations, or a method without a fit.";
    209 VolatilityZero "VOLATILITY_ZERO" Data false "A series has no deviation, so that nothing can be scaled by it." "Leave the series out.";
    210 IterationLimitReached "ITERATION_LIMIT_REACHED" Infrastructure false "An iteration did not come to its tolerance within its limit." "Raise the limit that the message names, or the tolerance.";
    211 PositionUnpriced "POSITION_UNPRICED" Data false "A position has no prices." "Add the symbol to the file of prices, or take the position out.";
    220 GpuUnavailable "GPU_UNAVAILABLE" Infrastructure false "No graphics adapter can be used." "Install a driver with Vulkan, Metal or Direct3D 12, or run on the processor: gpu: \"never\".";
    221 GpuSoftwareRefused "GPU_SOFTWARE_REFUSED" Infrastructure false "The only adapter is a software one, which is slower than the processor." "Allow it with allowSoftware: true for a test, or run on the processor.";
    222 GpuDeviceLost "GPU_DEVICE_LOST" Infrastructure true "The graphics device was lost twice in one task." "Look at the driver's log; run on the processor meanwhile.";
    223 GpuKernelInvalid "GPU_KERNEL_INVALID" Infrastructure false "The adapter's driver refuses a kernel." "Please report it with the context.";
    224 GpuCapacity "GPU_CAPACITY" Infrastructure false "The task does not fit the adapter." "Use fewer scenarios or assets, or run on the processor.";
    235 StrategyUnknown "STRATEGY_UNKNOWN" Validation false "An order names a strategy that the limits do not name." "Name it in `strategies` of the limits, or correct the order's `strategy`.";
    236 ConfigDiffers "CONFIG_DIFFERS" Validation false "A journal was to be resumed under another configuration than it was written with." "Resume it with the configuration that it names, or begin a journal in another folder with a higher `idEpoch`.";
    237 RestartUnreconciled "RESTART_UNRECONCILED" Risk true "After a restart nothing was compared with the venue yet, so that only reducing orders and cancels pass." "Call `reconcile` with what the venue says.";
    245 NothingToReduce "NOTHING_TO_REDUCE" Risk false "The position is flat, or orders that are under way reduce all of it." "Wait for the orders under way, or cancel them.";
    246 GuardMethodRefused "GUARD_METHOD_REFUSED" Validation false "A guarded exchange was asked for an order by a method that the gate cannot judge." "Use createOrder, or one of the methods that the message names.";
    247 GuardOrderUnreadable "GUARD_ORDER_UNREADABLE" Validation false "An order for a guarded exchange has a type or a parameter that the gate cannot judge." "Say it as a limit, market, stop or take-profit order with a quantity in units.";
    248 GpuTaskUnsupported "GPU_TASK_UNSUPPORTED" Validation false "The kernels for graphics adapters cannot do what the task asks for." "Leave it out, or run on the processor: gpu: \"never\".";
    255 FuseOrderRate "FUSE_ORDER_RATE" Risk false "The egress fuse saw more orders leave in a window than its ceiling; it has blown." "Find out why so many orders left, then `holdfast fuse reset`.";
    256 FuseNotional "FUSE_NOTIONAL" Risk false "The egress fuse saw more notional leave in a window than its ceiling; it has blown." "Find out why so much left, then `holdfast fuse reset`.";
    257 FuseOrderSize "FUSE_ORDER_SIZE" Risk false "An order larger than the egress fuse's ceiling was about to leave; the fuse has blown." "Find out why the gate let it pass, then `holdfast fuse reset`.";
    258 FuseUnanswered "FUSE_UNANSWERED" Risk false "More notional was sent and not answered than the egress fuse's ceiling; it has blown." "Find out why the venue does not answer, then `holdfast fuse reset`.";
    259 FuseRepeated "FUSE_REPEATED" Risk false "The same order, parent or cause came again and again at the egress fuse; it has blown." "Find the loop that sends it, then `holdfast fuse reset`.";
    260 FuseTripped "FUSE_TRIPPED" Risk false "The egress fuse has blown: only cancels and reducing orders leave." "Read `holdfast fuse status`, mend the cause, then `holdfast fuse reset` and restart.";
    261 FuseMode "FUSE_MODE" Risk true "The trading mode lets only cancels and reducing orders leave." "Wait until the mode is normal again.";
    262 FuseLatchUnusable "FUSE_LATCH_UNUSABLE" Infrastructure false "The egress fuse's latch cannot be read or written: only cancels and reducing orders leave." "Mend the file that the message names, or the disk; `holdfast fuse reset` writes it anew.";
    263 FuseNotionalUnknown "FUSE_NOTIONAL_UNKNOWN" Risk true "The egress fuse cannot tell an order's notional: a price or a rate is missing." "Wait for market data.";
    264 CapitalAllocationExceeded "CAPITAL_ALLOCATION_EXCEEDED" Risk false "The strategy's exposure, if every open order filled, would be above the capital allocated to it." "Send a smaller order, cancel orders of the strategy, or allocate more to it.";
    270 CorrelationStale "CORRELATION_STALE" Risk true "The correlation with something that is held is not known, or too old." "Feed the gate correlations, as CorrelationMonitor does.";
    271 CorrelationTooHigh "CORRELATION_TOO_HIGH" Risk true "The order's instrument moves too much like something that is held." "Reduce what is held first, or trade another instrument; the size that would pass is 0.";
    272 PortfolioRiskStale "PORTFOLIO_RISK_STALE" Risk true "The portfolio's risk was never told, or is too old." "Feed the gate the portfolio's risk, as LivePortfolioRisk does.";
    273 VarExceeded "VAR_EXCEEDED" Risk true "The portfolio's VaR could pass its limit." "Send a smaller order, or reduce what is held.";
    274 CvarExceeded "CVAR_EXCEEDED" Risk true "The portfolio's CVaR could pass its limit." "Send a smaller order, or reduce what is held.";
    275 RiskScoreExceeded "RISK_SCORE_EXCEEDED" Risk true "The portfolio's risk score is above its limit." "Reduce what is held; reducing orders pass.";
    276 RiskMeasureInvalid "RISK_MEASURE_INVALID" Validation false "Correlations or risk that the gate is told do not fit the account, a range, or their time." "Correct the value that the message names.";
    277 RoutingFailed "ROUTING_FAILED" Risk true "No venue can take the order." "Read each venue's reasons in the context.";
    278 RequestSignatureInvalid "REQUEST_SIGNATURE_INVALID" Validation false "A request's signature is not that of its parameters." "Sign with the account's secret, and send exactly what was signed.";
    279 RequestTimeRefused "REQUEST_TIME_REFUSED" Validation true "A request's time is outside its window." "Measure the venue's time again, and send the request anew.";
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn categories_have_the_names_of_the_documentation() {
        use Category as C;
        let names = [C::Validation, C::Risk, C::Exchange, C::Data, C::Infrastructure].map(C::name);
        assert_eq!(names, ["validation", "risk", "exchange", "data", "infrastructure"]);
    }

    #[test]
    fn numbers_and_names_are_unique_and_round_trip() {
        let mut names = HashSet::new();
        for code in Code::ALL {
            assert!(names.insert(code.name()), "{} stands twice", code.name());
            assert_eq!(Code::from_number(*code as u16), Some(*code));
            assert!(code.meaning().ends_with('.') && code.remedy().ends_with('.'));
        }
        assert_eq!(Code::ALL.len(), 190);
        assert_eq!(Code::from_number(0), None);
    }
}
