//! The forms of numbers, texts, collections and the plain values of this crate.

use super::{Persist, unfit};
use crate::amendment::Replacement;
use crate::amount::Amount;
use crate::clock::{Clock, ManualClock, Timestamp};
use crate::error::Result;
use crate::fraction::Fraction;
use crate::identifier::{AccountId, ClientOrderId, InstrumentId, TradeId};
use crate::order::{
    Follower, Followers, Held, Order, OrderIntent, OrderRole, OrderTerms, OrderType, Pairing,
    Released, Side, TimeInForce, TrailingDistance,
};
use crate::order_state::BaseState;
use crate::price::Price;
use crate::quantity::Quantity;
use crate::trading_mode::TradingMode;
use crate::venue_report::{LiquiditySide, ReportKind, VenueReport};
use crate::wire::{AMOUNT_BYTES_MAX, Layout, Reader, Writer};
use crate::{persist_fields, persist_words};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Appends what is written in the compact layout; nothing written here is longer than an amount.
fn put(out: &mut Vec<u8>, write: impl FnOnce(&mut Writer<'_>)) {
    let mut buffer = [0_u8; AMOUNT_BYTES_MAX];
    let mut writer = Writer::new(&mut buffer, Layout::Compact);
    write(&mut writer);
    let length = writer.len();
    // All bytes and then fewer are cheaper to write than only as many as count.
    let end = out.len() + length.min(buffer.len());
    out.extend_from_slice(&buffer);
    out.truncate(end);
}

impl Persist for u64 {
    fn save(&self, out: &mut Vec<u8>) {
        put(out, |writer| writer.u64(*self));
    }

    fn load(reader: &mut Reader<'_>) -> Result<Self> {
        reader.u64()
    }
}

impl Persist for i64 {
    fn save(&self, out: &mut Vec<u8>) {
        put(out, |writer| writer.i64(*self));
    }

    fn load(reader: &mut Reader<'_>) -> Result<Self> {
        reader.i64()
    }
}

/// Integers that travel as a wider one.
macro_rules! persist_as {
    ($($type:ty => $wide:ty),*) => {
        $(impl Persist for $type {
            fn save(&self, out: &mut Vec<u8>) {
                (*self as $wide).save(out);
            }

            fn load(reader: &mut Reader<'_>) -> Result<Self> {
                Self::try_from(<$wide>::load(reader)?).map_err(|_| unfit("a number is too large"))
            }
        })*
    };
}
persist_as!(u16 => u64, u32 => u64, usize => u64, i32 => i64);

impl Persist for u8 {
    fn save(&self, out: &mut Vec<u8>) {
        out.push(*self);
    }

    fn load(reader: &mut Reader<'_>) -> Result<Self> {
        reader.u8()
    }
}

impl Persist for bool {
    fn save(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }

    fn load(reader: &mut Reader<'_>) -> Result<Self> {
        match reader.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(unfit("a flag must be 0 or 1")),
        }
    }
}

impl Persist for i128 {
    fn save(&self, out: &mut Vec<u8>) {
        put(out, |writer| writer.amount(Amount::from_raw(*self)));
    }

    fn load(reader: &mut Reader<'_>) -> Result<Self> {
        reader.amount().map(Amount::raw)
    }
}

impl Persist for u128 {
    fn save(&self, out: &mut Vec<u8>) {
        ((*self >> 64) as u64).save(out);
        (*self as u64).save(out);
    }

    fn load(reader: &mut Reader<'_>) -> Result<Self> {
        Ok(Self::from(reader.u64()?) << 64 | Self::from(reader.u64()?))
    }
}

/// By its bits, so that what was is what comes back.
impl Persist for f64 {
    fn save(&self, out: &mut Vec<u8>) {
        self.to_bits().save(out);
    }

    fn load(reader: &mut Reader<'_>) -> Result<Self> {
        reader.u64().map(Self::from_bits)
    }
}

impl Persist for String {
    fn save(&self, out: &mut Vec<u8>) {
        self.len().save(out);
        out.extend_from_slice(self.as_bytes());
    }

    fn load(reader: &mut Reader<'_>) -> Result<Self> {
        let length = usize::load(reader)?;
        let bytes = reader.bytes(length)?;
        std::str::from_utf8(bytes).map(Into::into).map_err(|_| unfit("a text must be UTF-8"))
    }
}

impl<T: Persist> Persist for Option<T> {
    fn save(&self, out: &mut Vec<u8>) {
        self.is_some().save(out);
        if let Some(value) = self {
            value.save(out);
        }
    }

    fn load(reader: &mut Reader<'_>) -> Result<Self> {
        bool::load(reader)?.then(|| T::load(reader)).transpose()
    }
}

impl<T: Persist> Persist for Box<T> {
    fn save(&self, out: &mut Vec<u8>) {
        self.as_ref().save(out);
    }

    fn load(reader: &mut Reader<'_>) -> Result<Self> {
        T::load(reader).map(Self::new)
    }
}

impl<A: Persist, B: Persist> Persist for (A, B) {
    fn save(&self, out: &mut Vec<u8>) {
        self.0.save(out);
        self.1.save(out);
    }

    fn load(reader: &mut Reader<'_>) -> Result<Self> {
        Ok((A::load(reader)?, B::load(reader)?))
    }
}

impl<A: Persist, B: Persist, C: Persist> Persist for (A, B, C) {
    fn save(&self, out: &mut Vec<u8>) {
        self.0.save(out);
        self.1.save(out);
        self.2.save(out);
    }

    fn load(reader: &mut Reader<'_>) -> Result<Self> {
        Ok((A::load(reader)?, B::load(reader)?, C::load(reader)?))
    }
}

impl<T: Persist, const N: usize> Persist for [T; N] {
    fn save(&self, out: &mut Vec<u8>) {
        self.iter().for_each(|value| value.save(out));
    }

    fn load(reader: &mut Reader<'_>) -> Result<Self> {
        let values: Vec<T> = (0..N).map(|_| T::load(reader)).collect::<Result<_>>()?;
        values.try_into().map_err(|_| unfit("an array must be whole"))
    }
}

fn save_all<'a, T: Persist + 'a>(values: impl ExactSizeIterator<Item = &'a T>, out: &mut Vec<u8>) {
    values.len().save(out);
    values.for_each(|value| value.save(out));
}

/// A length that the bytes cannot hold must not reserve memory for it.
fn load_all<T: Persist>(reader: &mut Reader<'_>) -> Result<Vec<T>> {
    let length = usize::load(reader)?;
    let mut values = Vec::with_capacity(length.min(reader.rest().len()));
    for _ in 0..length {
        values.push(T::load(reader)?);
    }
    Ok(values)
}

impl<T: Persist> Persist for Vec<T> {
    fn save(&self, out: &mut Vec<u8>) {
        save_all(self.iter(), out);
    }

    fn load(reader: &mut Reader<'_>) -> Result<Self> {
        load_all(reader)
    }
}

impl<T: Persist> Persist for VecDeque<T> {
    fn save(&self, out: &mut Vec<u8>) {
        save_all(self.iter(), out);
    }

    fn load(reader: &mut Reader<'_>) -> Result<Self> {
        load_all(reader).map(Into::into)
    }
}

impl<T: Persist + Ord> Persist for BTreeSet<T> {
    fn save(&self, out: &mut Vec<u8>) {
        save_all(self.iter(), out);
    }

    fn load(reader: &mut Reader<'_>) -> Result<Self> {
        let values: Vec<T> = load_all(reader)?;
        if values.is_sorted_by(|one, next| one < next) {
            Ok(values.into_iter().collect())
        } else {
            Err(unfit("a set must be sorted and without repeats"))
        }
    }
}

impl<K: Persist + Ord, V: Persist> Persist for BTreeMap<K, V> {
    fn save(&self, out: &mut Vec<u8>) {
        self.len().save(out);
        for (key, value) in self {
            key.save(out);
            value.save(out);
        }
    }

    fn load(reader: &mut Reader<'_>) -> Result<Self> {
        let pairs: Vec<(K, V)> = load_all(reader)?;
        if pairs.is_sorted_by(|one, next| one.0 < next.0) {
            Ok(pairs.into_iter().collect())
        } else {
            Err(unfit("a map must be sorted and without repeats"))
        }
    }
}

/// Types around one number.
macro_rules! persist_numbers {
    ($($type:ident: $number:ty, $get:expr, $make:expr;)*) => {
        $(impl Persist for $type {
            fn save(&self, out: &mut Vec<u8>) {
                let get: fn(&Self) -> $number = $get;
                get(self).save(out);
            }

            fn load(reader: &mut Reader<'_>) -> Result<Self> {
                <$number>::load(reader).map($make)
            }
        })*
    };
}
persist_numbers! {
    Timestamp: i64, |value| value.0, Timestamp;
    ClientOrderId: u64, |value| value.0, ClientOrderId;
    InstrumentId: u32, |value| value.0, InstrumentId;
    AccountId: u32, |value| value.0, AccountId;
    TradeId: u64, |value| value.0, TradeId;
    Price: i64, |value| value.ticks(), Price::from_ticks;
    Quantity: i64, |value| value.lots(), Quantity::from_lots;
    Amount: i128, |value| value.raw(), Amount::from_raw;
    Fraction: i64, |value| value.millionths(), Fraction::from_millionths;
}

impl Persist for ManualClock {
    fn save(&self, out: &mut Vec<u8>) {
        self.now().save(out);
    }

    fn load(reader: &mut Reader<'_>) -> Result<Self> {
        let now = Timestamp::load(reader)?;
        let clock = Self::default();
        clock.advance(now);
        if clock.now() == now { Ok(clock) } else { Err(unfit("a clock must not be before 1970")) }
    }
}

persist_words!(
    Side,
    OrderType,
    TimeInForce,
    OrderRole,
    BaseState,
    TradingMode,
    ReportKind,
    LiquiditySide
);

impl Persist for TrailingDistance {
    fn save(&self, out: &mut Vec<u8>) {
        match self {
            Self::Ticks(ticks) => (0_u8, *ticks).save(out),
            Self::Share(share) => (1_u8, *share).save(out),
        }
    }

    fn load(reader: &mut Reader<'_>) -> Result<Self> {
        match reader.u8()? {
            0 => i64::load(reader).map(Self::Ticks),
            1 => Fraction::load(reader).map(Self::Share),
            _ => Err(unfit("a trailing distance must be ticks or a share")),
        }
    }
}

persist_fields!(OrderTerms { post_only, display, trailing, expires, strategy, cause });
persist_fields!(OrderIntent {
    client_order_id,
    parent,
    instrument,
    side,
    order_type,
    time_in_force,
    role,
    reduce_only,
    quantity,
    limit_price,
    trigger_price,
    stop_loss,
    take_profit,
    ts_intent,
    terms,
});
persist_fields!(Replacement {
    client_order_id,
    quantity,
    limit_price,
    trigger_price,
    number,
    follows
});
persist_fields!(Pairing { other, cancels, base, other_filled, asked, refused, wish, cancel_asked });
persist_fields!(Follower { intent, sent });
persist_fields!(Followers { paired, orders });
persist_fields!(Held { best, first_day });
persist_fields!(Released { at, shown });
persist_fields!(Order {
    intent,
    state,
    quantity,
    cum_quantity,
    filled_tick_lots,
    reserved,
    covers,
    fees,
    fills,
    pending,
    amendments,
    amended,
    pairing,
    held,
    released,
    followers,
});
persist_fields!(VenueReport {
    client_order_id,
    kind,
    ts_event,
    trade_id,
    last_price,
    last_quantity,
    liquidity_side,
    fee,
    slippage,
    fee_currency,
    instrument,
    account,
    sequence,
    amendment,
});
