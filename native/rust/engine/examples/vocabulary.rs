//! Prints the vocabulary as one JSON document, from which `npm run generate` writes TypeScript and documentation.

use holdfast_core::journal_record::RecordKind;
use holdfast_core::order_state::transition;
use holdfast_core::venue_report::LiquiditySide;
use holdfast_core::{
    BaseState, Code, Contingency, FuseCeiling, OrderEvent, OrderRole, OrderType, Overlays,
    ReportKind, Side, TimeInForce, TradingMode,
};
use holdfast_risk::control::Control;
use holdfast_risk::limits::LIMIT_KEYS;
use serde_json::{Value, json};
use std::io::Write;

/// One vocabulary as JSON: its name, what it is, and each value's number and text.
macro_rules! vocabulary_json {
    ($name:ident $meaning:literal) => {
        json!({
            "name": stringify!($name),
            "meaning": $meaning,
            "values": $name::VOCABULARY
                .iter()
                .map(|(_, number, text)| json!({ "number": number, "text": text }))
                .collect::<Vec<Value>>(),
        })
    };
}

fn codes() -> Vec<Value> {
    Code::ALL
        .iter()
        .map(|code| {
            json!({
                "number": *code as u16,
                "name": code.name(),
                "variant": format!("{code:?}"),
                "category": code.category().name(),
                "retryable": code.retryable(),
                "meaning": code.meaning(),
                "remedy": code.remedy(),
            })
        })
        .collect()
}

fn vocabularies() -> Value {
    json!([
        vocabulary_json!(Side "Order side (FIX 54)."),
        vocabulary_json!(OrderType "Order type (FIX 40)."),
        vocabulary_json!(TimeInForce "Time in force (FIX 59)."),
        vocabulary_json!(OrderRole "Why an order exists."),
        vocabulary_json!(Contingency "How the orders of a list depend on each other (FIX 1385)."),
        vocabulary_json!(BaseState "Base state of an order (FIX 39); overlays may stand over it."),
        vocabulary_json!(OrderEvent "What can happen to an order."),
        vocabulary_json!(ReportKind "Kind of a venue's report (FIX 150)."),
        vocabulary_json!(TradingMode "How much an engine may do, by rising strictness."),
        vocabulary_json!(LiquiditySide "Whether a fill added or removed liquidity (FIX 851)."),
        vocabulary_json!(RecordKind "Kind of a journal record."),
        vocabulary_json!(FuseCeiling "What the egress fuse held a request against."),
    ])
}

fn controls() -> Vec<Value> {
    Control::ALL
        .iter()
        .map(|control| {
            json!({
                "bit": *control as u8,
                "variant": format!("{control:?}"),
                "code": control.code().name(),
                "unit": control.unit().name(),
                "meaning": control.meaning(),
            })
        })
        .collect()
}

fn overlays() -> Vec<Value> {
    Overlays::VOCABULARY
        .iter()
        .map(|(overlay, text)| json!({ "bits": overlay.bits(), "text": text }))
        .collect()
}

/// Every legal cell of the order's state machine.
fn transitions() -> Vec<Value> {
    let mut legal = Vec::new();
    for (base, _, from) in BaseState::VOCABULARY {
        for bits in 0..Overlays::COMBINATIONS {
            for (event, _, text) in OrderEvent::VOCABULARY {
                let Some(next) = transition(*base, Overlays::from_bits(bits), *event) else {
                    continue;
                };
                legal.push(json!({
                    "base": from,
                    "overlays": bits,
                    "event": text,
                    "next_base": next.base.name(),
                    "next_overlays": next.overlays.bits(),
                    "alarm": next.alarm,
                }));
            }
        }
    }
    legal
}

fn main() -> std::io::Result<()> {
    let ends: Vec<&str> = BaseState::VOCABULARY
        .iter()
        .filter(|(base, ..)| base.is_end())
        .map(|(.., text)| *text)
        .collect();
    let document = json!({
        "codes": codes(),
        "vocabularies": vocabularies(),
        "overlays": overlays(),
        "controls": controls(),
        "limits": LIMIT_KEYS,
        "end_states": ends,
        "transitions": transitions(),
    });
    writeln!(std::io::stdout(), "{document:#}")
}
