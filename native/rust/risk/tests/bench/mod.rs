//! What the tests of the controls share: a gate over one instrument, and short forms.
#![allow(dead_code)]

use holdfast_core::{
    Amount, ClientOrderId, Code, Instrument, InstrumentId, InstrumentSpec, OrderIntent, OrderType,
    Price, Quantity, Side, Timestamp,
};
use holdfast_risk::{Around, Gate, LimitsSpec, Verdict, View, WorstCase};

pub const MS: i64 = 1_000_000;

pub fn spec() -> InstrumentSpec {
    InstrumentSpec {
        symbol: "TEST".into(),
        venue: "SIM".into(),
        base_currency: "TEST".into(),
        quote_currency: "USD".into(),
        settlement_currency: "USD".into(),
        tick_size: "0.01".into(),
        lot_size: "1".into(),
        contract_multiplier: "1".into(),
        min_quantity: None,
        max_quantity: None,
        min_notional: None,
        max_notional: None,
        percent_price_frac: None,
        perpetual: false,
        contract: holdfast_core::ContractSpec::default(),
    }
}

pub fn usd(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}

pub fn order(side: Side, lots: i64) -> OrderIntent {
    OrderIntent {
        client_order_id: ClientOrderId(1),
        ..OrderIntent::market(InstrumentId(0), side, Quantity::from_lots(lots))
    }
}

pub fn buy(lots: i64) -> OrderIntent {
    order(Side::Buy, lots)
}

pub fn sell(lots: i64) -> OrderIntent {
    order(Side::Sell, lots)
}

pub fn limit(side: Side, lots: i64, ticks: i64) -> OrderIntent {
    OrderIntent {
        order_type: OrderType::Limit,
        limit_price: Some(Price::from_ticks(ticks)),
        ..order(side, lots)
    }
}

/// Limits of which these are set.
pub fn limits(set: &[(&str, &str)]) -> LimitsSpec {
    let mut written = serde_json::to_value(LimitsSpec::unlimited()).unwrap();
    for (key, value) in set {
        written[key] = (*value).into();
    }
    serde_json::from_value(written).unwrap()
}

pub fn codes(verdict: &Verdict) -> Vec<Code> {
    verdict.checks().filter(|check| !check.passed).map(|check| check.control.code()).collect()
}

/// A gate over one instrument that stands at 100.00, with an equity of 100,000.
pub struct Bench {
    pub gate: Gate,
    pub instrument: Instrument,
    pub around: Around,
    pub case: WorstCase,
    pub open: usize,
}

impl Bench {
    pub fn new(set: &[(&str, &str)]) -> Self {
        Self::of(&limits(set))
    }

    pub fn of(limits: &LimitsSpec) -> Self {
        let spec = spec();
        Self {
            gate: Gate::for_instruments(limits, usd("100000"), &[&spec]).unwrap(),
            instrument: Instrument::new(spec).unwrap(),
            around: Around::default(),
            case: WorstCase::default(),
            open: 0,
        }
    }

    pub fn view(&self, ns: i64) -> View<'_> {
        View {
            instrument: &self.instrument,
            now: Timestamp(ns),
            mark: Some((Price::from_ticks(10_000), Timestamp(0))),
            case: self.case,
            equity: usd("100000"),
            other_exposure: Amount::ZERO,
            open_orders: (self.open, 1_000),
            opening_ahead: 0,
            around: self.around,
        }
    }

    pub fn verdict(&self, intent: &OrderIntent, ns: i64) -> Verdict {
        self.gate.check(intent, &self.view(ns))
    }

    pub fn at(&self, intent: &OrderIntent, ns: i64) -> Vec<Code> {
        codes(&self.verdict(intent, ns))
    }

    pub fn now(&self, intent: &OrderIntent) -> Vec<Code> {
        self.at(intent, 0)
    }
}
