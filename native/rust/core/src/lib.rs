//! The vocabulary and the exact arithmetic under every other crate: numbers, instruments, time, codes,
//! orders with their state machine, the market-event record and the journal record.
#![forbid(unsafe_code)]

pub mod amendment;
pub mod amount;
pub mod bar;
pub mod clock;
pub mod code;
pub mod contain;
pub mod contract;
pub mod decimal;
pub mod error;
pub mod fraction;
pub mod fuse_ceiling;
pub mod identifier;
pub mod instrument;
mod instrument_filters;
pub mod journal_group;
pub mod journal_record;
pub mod margin;
pub mod market_event;
pub mod order;
pub mod order_fills;
pub mod order_id_text;
pub mod order_state;
pub mod persist;
pub mod pool;
pub mod price;
pub mod quantity;
pub mod quote;
pub mod rate;
mod record_checksum;
pub mod rounding;
mod steps;
pub mod stripped_records;
pub mod trade;
pub mod trading_mode;
mod valuation;
pub mod venue_report;
pub mod wire;

pub use amendment::{Amendment, Replacement};
pub use amount::Amount;
pub use bar::Bar;
pub use clock::{Clock, ManualClock, Timestamp};
pub use code::{Category, Code};
pub use contract::{ContractSpec, InstrumentKind};
pub use error::{Error, Result};
pub use fraction::Fraction;
pub use fuse_ceiling::FuseCeiling;
pub use identifier::{AccountId, ClientOrderId, InstrumentId, TradeId};
pub use instrument::{Instrument, InstrumentSpec};
pub use margin::{MarginMode, MarginTable};
pub use market_event::MarketEvent;
pub use order::{
    Contingency, Order, OrderIntent, OrderRole, OrderTerms, OrderType, Side, TimeInForce,
    TrailingDistance,
};
pub use order_id_text::OrderIdText;
pub use order_state::{BaseState, OrderEvent, OrderState, Overlays};
pub use price::Price;
pub use quantity::Quantity;
pub use quote::Quote;
pub use rate::Rate;
pub use rounding::Rounding;
pub use trade::Trade;
pub use trading_mode::TradingMode;
pub use valuation::AtPrice;
pub use venue_report::{ReportKind, VenueReport};
