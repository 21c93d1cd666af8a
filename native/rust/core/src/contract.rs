//! What kind of contract an instrument is, and the terms that only some kinds have.

use crate::amount::Amount;
use crate::decimal::Decimal;
use crate::error::Result;
use crate::instrument::InstrumentSpec;
use crate::instrument_filters::{invalid, positive};
use crate::margin::{MarginSpec, MarginTable};
use serde::{Deserialize, Serialize};

/// How a fill moves money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InstrumentKind {
    /// The whole value changes hands at the fill.
    #[default]
    Spot,
    /// A future or perpetual that settles profit in its quote currency: only profit, fees and funding move cash.
    Linear,
    /// A future or perpetual worth a fixed sum of quote currency that settles profit in its base currency.
    Inverse,
    /// An option: its premium changes hands at the fill.
    Option,
}

impl InstrumentKind {
    /// Returns the text used in configuration.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Spot => "spot",
            Self::Linear => "linear",
            Self::Inverse => "inverse",
            Self::Option => "option",
        }
    }

    /// Returns whether a position is held against margin, so that its value never passes through cash.
    #[must_use]
    pub const fn is_margined(self) -> bool {
        matches!(self, Self::Linear | Self::Inverse)
    }
}

/// What an option gives the right to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OptionRight {
    /// To buy the underlying.
    Call,
    /// To sell it.
    Put,
}

/// The terms of a contract as they are written; the default is spot.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ContractSpec {
    /// How a fill moves money.
    pub kind: InstrumentKind,
    /// When it ends, in nanoseconds since 1970; options and dated futures.
    pub expiry_ns: Option<String>,
    /// Price at which an option is exercised, in the quote currency.
    pub strike: Option<String>,
    /// Call or put.
    pub option_right: Option<OptionRight>,
    /// What a position must be backed with; linear and inverse contracts.
    pub margin: Option<MarginSpec>,
}

impl ContractSpec {
    /// Returns whether nothing but the default is said, so that the configuration need not carry it.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// The terms as integers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Terms {
    pub(crate) margin: Option<MarginTable>,
    pub(crate) expiry_ns: Option<i64>,
    pub(crate) strike: Option<Amount>,
}

impl Terms {
    pub(crate) fn new(spec: &InstrumentSpec) -> Result<Self> {
        let contract = &spec.contract;
        let kind = contract.kind;
        let settled = if kind == InstrumentKind::Inverse {
            &spec.base_currency
        } else {
            &spec.quote_currency
        };
        if spec.settlement_currency != *settled {
            let rule = format!("must be {settled} for kind {}", kind.name());
            return Err(invalid("settlement_currency", &rule, &spec.settlement_currency));
        }
        let is_option = kind == InstrumentKind::Option;
        let given = |present: bool| if present { "given" } else { "missing" };
        for (field, present, fits) in [
            ("strike", contract.strike.is_some(), is_option),
            ("option_right", contract.option_right.is_some(), is_option),
            ("margin", contract.margin.is_some(), kind.is_margined()),
        ] {
            if present != fits {
                let rule = format!("must be {} for kind {}", given(fits), kind.name());
                return Err(invalid(field, &rule, given(present)));
            }
        }
        if is_option && contract.expiry_ns.is_none() {
            return Err(invalid("expiry_ns", "must be given for kind option", "missing"));
        }
        if spec.perpetual && (is_option || contract.expiry_ns.is_some()) {
            return Err(invalid("perpetual", "must be false for a contract that ends", "true"));
        }
        if kind == InstrumentKind::Spot && contract.expiry_ns.is_some() {
            return Err(invalid("expiry_ns", "must be missing for kind spot", "given"));
        }
        Ok(Self {
            margin: contract.margin.as_ref().map(MarginTable::new).transpose()?,
            expiry_ns: contract.expiry_ns.as_deref().map(expiry).transpose()?,
            strike: contract.strike.as_deref().map(strike).transpose()?,
        })
    }
}

fn expiry(text: &str) -> Result<i64> {
    text.parse::<i64>()
        .ok()
        .filter(|ns| *ns > 0)
        .ok_or_else(|| invalid("expiry_ns", "must be nanoseconds since 1970", text))
}

fn strike(text: &str) -> Result<Amount> {
    let raw = positive("strike", text)?
        .at_scale(Amount::SCALE)
        .map_err(|_| invalid("strike", "must be an amount", text))?;
    Ok(Amount::from_raw(raw))
}

/// What a lot of an inverse contract is a claim on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct InverseFace {
    /// Quote currency that one lot stands for.
    pub(crate) per_lot: Amount,
    /// Base currency that one lot is worth at a price of one tick: `n` lots are worth this times `n` over the ticks.
    pub(crate) per_lot_tick: Amount,
}

impl InverseFace {
    pub(crate) fn new(tick: Decimal, lot: Decimal, multiplier: Decimal) -> Result<Self> {
        let unrepresentable = || {
            invalid(
                "tick_size",
                "must divide lot_size times contract_multiplier to a multiple of 1e-18",
                &crate::decimal::format_scaled(tick.mantissa, tick.scale),
            )
        };
        let mantissa = lot.mantissa.checked_mul(multiplier.mantissa).ok_or_else(unrepresentable)?;
        let face = Decimal { mantissa, scale: lot.scale + multiplier.scale };
        let per_lot = face.at_scale(Amount::SCALE).map_err(|_| unrepresentable())?;
        // face ÷ tick in units of 10⁻¹⁸ is the face with 18 more digits than the tick, over the tick's digits.
        let scaled = face.at_scale(Amount::SCALE + tick.scale).map_err(|_| unrepresentable())?;
        if scaled % tick.mantissa != 0 {
            return Err(unrepresentable());
        }
        let per_lot_tick = Amount::from_raw(scaled / tick.mantissa);
        Ok(Self { per_lot: Amount::from_raw(per_lot), per_lot_tick })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::Code;
    use crate::instrument::Instrument;
    use crate::margin::TierSpec;

    fn margin() -> Option<MarginSpec> {
        Some(MarginSpec {
            mode: crate::margin::MarginMode::Cross,
            tiers: vec![TierSpec {
                notional_max: None,
                initial_frac: "0.1".into(),
                maintenance_frac: "0.05".into(),
            }],
        })
    }

    fn spec(settlement: &str, perpetual: bool, contract: ContractSpec) -> InstrumentSpec {
        InstrumentSpec {
            symbol: "BTC".into(),
            venue: "SIM".into(),
            base_currency: "BTC".into(),
            quote_currency: "USD".into(),
            settlement_currency: settlement.into(),
            tick_size: "0.5".into(),
            lot_size: "1".into(),
            contract_multiplier: "100".into(),
            min_quantity: None,
            max_quantity: None,
            min_notional: None,
            max_notional: None,
            percent_price_frac: None,
            perpetual,
            contract,
        }
    }

    fn option() -> ContractSpec {
        ContractSpec {
            kind: InstrumentKind::Option,
            expiry_ns: Some("1767225600000000000".into()),
            strike: Some("50000".into()),
            option_right: Some(OptionRight::Call),
            margin: None,
        }
    }

    #[test]
    fn a_contract_that_says_nothing_is_the_default_and_one_that_says_anything_is_not() {
        assert!(ContractSpec::default().is_default());
        let strike = Some("100".to_string());
        assert!(!ContractSpec { strike, ..ContractSpec::default() }.is_default());
        assert!(expiry("1").is_ok() && expiry("0").is_err() && expiry("soon").is_err());
    }

    #[test]
    fn ord_14_each_kind_keeps_its_terms() {
        let kind = |kind| ContractSpec { kind, margin: margin(), ..ContractSpec::default() };
        let linear = Instrument::new(spec("USD", true, kind(InstrumentKind::Linear))).unwrap();
        assert!(linear.kind().is_margined() && linear.margin().is_some());
        let inverse = Instrument::new(spec("BTC", true, kind(InstrumentKind::Inverse))).unwrap();
        assert_eq!(inverse.spec().contract.kind.name(), "inverse");
        let option = Instrument::new(spec("USD", false, option())).unwrap();
        assert_eq!(option.strike().map(|strike| strike.to_string()), Some("50000".into()));
        assert_eq!(option.expiry_ns(), Some(1_767_225_600_000_000_000));
        assert!(!InstrumentKind::Spot.is_margined() && !option.kind().is_margined());
        assert_eq!(
            [linear.kind().name(), option.kind().name(), InstrumentKind::Spot.name()],
            ["linear", "option", "spot"]
        );
    }

    #[test]
    fn ord_14_terms_that_do_not_fit_their_kind_are_refused() {
        let of = |kind, margin| ContractSpec { kind, margin, ..ContractSpec::default() };
        let dated = |contract| ContractSpec { expiry_ns: Some("1".into()), ..contract };
        let cases = [
            ("margin", spec("USD", false, of(InstrumentKind::Linear, None))),
            ("margin", spec("USD", false, of(InstrumentKind::Spot, margin()))),
            ("settlement_currency", spec("USD", true, of(InstrumentKind::Inverse, margin()))),
            ("settlement_currency", spec("BTC", true, of(InstrumentKind::Linear, margin()))),
            ("settlement_currency", spec("EUR", false, ContractSpec::default())),
            ("strike", spec("USD", false, ContractSpec { strike: None, ..option() })),
            ("strike", spec("USD", false, ContractSpec { strike: Some("0".into()), ..option() })),
            ("option_right", spec("USD", false, ContractSpec { option_right: None, ..option() })),
            ("expiry_ns", spec("USD", false, ContractSpec { expiry_ns: None, ..option() })),
            (
                "expiry_ns",
                spec("USD", false, ContractSpec { expiry_ns: Some("soon".into()), ..option() }),
            ),
            ("expiry_ns", spec("USD", false, dated(ContractSpec::default()))),
            ("perpetual", spec("USD", true, dated(of(InstrumentKind::Linear, margin())))),
            ("perpetual", spec("USD", true, option())),
        ];
        for (field, case) in cases {
            let error = Instrument::new(case).map(|_| ()).unwrap_err();
            assert_eq!(error.code(), Code::InstrumentInvalid, "{field}");
            assert_eq!(error.context()[0], ("field", field.to_string()));
        }
    }

    #[test]
    fn an_inverse_contract_whose_lot_is_no_exact_ratio_of_its_tick_is_refused() {
        let contract = ContractSpec {
            kind: InstrumentKind::Inverse,
            margin: margin(),
            ..ContractSpec::default()
        };
        let third = InstrumentSpec { tick_size: "0.3".into(), ..spec("BTC", true, contract) };
        let error = Instrument::new(third).map(|_| ()).unwrap_err();
        assert_eq!(error.code(), Code::InstrumentInvalid);
    }

    #[test]
    fn an_inverse_face_is_lot_times_multiplier_whatever_their_decimals() {
        let of = |lot: &str, multiplier: &str| {
            let decimal = |text| Decimal::parse(text).unwrap();
            InverseFace::new(decimal("0.5"), decimal(lot), decimal(multiplier)).unwrap()
        };
        let fine = of("0.1", "0.01");
        assert_eq!(fine.per_lot.to_string(), "0.001");
        assert_eq!(fine.per_lot_tick.to_string(), "0.002");
    }

    #[test]
    fn what_a_kind_must_have_or_must_not_is_said() {
        let margined = ContractSpec { kind: InstrumentKind::Linear, ..ContractSpec::default() };
        let refused = Instrument::new(spec("USD", true, margined)).unwrap_err().to_string();
        assert!(refused.contains("must be given") && refused.contains("was missing"), "{refused}");
        let spot = ContractSpec { margin: margin(), ..ContractSpec::default() };
        let refused = Instrument::new(spec("USD", false, spot)).unwrap_err().to_string();
        assert!(refused.contains("must be missing") && refused.contains("was given"), "{refused}");
    }
}
