//! What the gate is told from outside besides orders and prices: states of instruments, breakers and clocks, and what people decide.

use holdfast_core::wire::{Encode, Reader, U32_BYTES_MAX, U64_BYTES_MAX, Writer};
use holdfast_core::{Code, Error, Fraction, InstrumentId, Result};

/// Most circuit breakers that the gate looks at.
pub const BREAKERS_MAX: u8 = 32;

/// One thing that changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GateSignal {
    /// The venue halted an instrument, or resumed it.
    Halted {
        /// Which instrument.
        instrument: InstrumentId,
        /// Whether it is halted.
        halted: bool,
    },
    /// A component's circuit breaker opened or closed.
    Breaker {
        /// Number of the component, below `BREAKERS_MAX`.
        component: u8,
        /// Whether it is open.
        open: bool,
    },
    /// The venue confirmed the account's balances and positions.
    AccountConfirmed,
    /// The clock's offset against the venue's, or a time server's, was measured.
    ClockMeasured {
        /// Nanoseconds that the clock is ahead.
        offset_ns: i64,
    },
    /// A person enables a strategy again that its executions had disabled, and ends a row of losses.
    Enabled {
        /// Which strategy.
        strategy: u16,
    },
    /// The risk governor permits so much of every size; 1 is all of it.
    Governor {
        /// What is permitted.
        factor: Fraction,
    },
}

impl GateSignal {
    /// Returns number, target and value of the written form.
    const fn parts(self) -> (u8, u32, i64) {
        match self {
            Self::Halted { instrument, halted } => (0, instrument.0, halted as i64),
            Self::Breaker { component, open } => (1, component as u32, open as i64),
            Self::AccountConfirmed => (2, 0, 0),
            Self::ClockMeasured { offset_ns } => (3, 0, offset_ns),
            Self::Enabled { strategy } => (4, strategy as u32, 0),
            Self::Governor { factor } => (5, 0, factor.millionths()),
        }
    }

    /// Returns the name used in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Halted { .. } => "halted",
            Self::Breaker { .. } => "breaker",
            Self::AccountConfirmed => "account_confirmed",
            Self::ClockMeasured { .. } => "clock_measured",
            Self::Enabled { .. } => "enabled",
            Self::Governor { .. } => "governor",
        }
    }

    /// Makes a signal of its written form.
    ///
    /// # Errors
    /// `ARGUMENT_INVALID` for a number, target or value that is none.
    pub fn of_parts(number: u8, target: u32, value: i64) -> Result<Self> {
        let invalid = || {
            Error::new(
                Code::ArgumentInvalid,
                format!("gate signal must be a known one, was {number} for {target} of {value}"),
            )
        };
        let flag = || match value {
            0 | 1 => Ok(value == 1),
            _ => Err(invalid()),
        };
        Ok(match number {
            0 => Self::Halted { instrument: InstrumentId(target), halted: flag()? },
            1 if target < u32::from(BREAKERS_MAX) => {
                Self::Breaker { component: target as u8, open: flag()? }
            }
            2 => Self::AccountConfirmed,
            3 => Self::ClockMeasured { offset_ns: value },
            4 => Self::Enabled { strategy: u16::try_from(target).map_err(|_| invalid())? },
            5 if (0..=1_000_000).contains(&value) => {
                Self::Governor { factor: Fraction::from_millionths(value) }
            }
            _ => return Err(invalid()),
        })
    }

    /// Returns the target and the value.
    #[must_use]
    pub const fn target_and_value(self) -> (u32, i64) {
        let (_, target, value) = self.parts();
        (target, value)
    }

    /// Reads the journal form.
    ///
    /// # Errors
    /// `JOURNAL_CORRUPT`, `ARGUMENT_INVALID`.
    pub fn decode(reader: &mut Reader<'_>) -> Result<Self> {
        Self::of_parts(reader.u8()?, reader.u32()?, reader.i64()?)
    }
}

impl Encode for GateSignal {
    fn encoded_bytes_max(&self) -> usize {
        1 + U32_BYTES_MAX + U64_BYTES_MAX
    }

    fn encode(&self, writer: &mut Writer<'_>) {
        let (number, target, value) = self.parts();
        writer.u8(number);
        writer.u32(target);
        writer.i64(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use holdfast_core::wire::{Layout, append_encoded};

    #[test]
    fn every_signal_is_read_back_and_anything_else_is_refused() {
        let signals = [
            GateSignal::Halted { instrument: InstrumentId(3), halted: true },
            GateSignal::Breaker { component: 31, open: false },
            GateSignal::AccountConfirmed,
            GateSignal::ClockMeasured { offset_ns: -5 },
            GateSignal::Enabled { strategy: 2 },
            GateSignal::Governor { factor: Fraction::from_millionths(500_000) },
        ];
        for signal in signals {
            let mut bytes = Vec::new();
            append_encoded(&mut bytes, Layout::Compact, &signal);
            assert_eq!(GateSignal::decode(&mut Reader::new(&bytes)), Ok(signal));
        }
        let wrong =
            [(6, 0, 0), (0, 0, 2), (1, 32, 0), (4, 70_000, 0), (5, 0, 1_000_001), (5, 0, -1)];
        for (number, target, value) in wrong {
            let code = GateSignal::of_parts(number, target, value).map_err(|e| e.code());
            assert_eq!(code, Err(Code::ArgumentInvalid));
        }
    }

    #[test]
    fn every_signal_has_its_name_its_target_and_its_value() {
        let of = |number, target, value| {
            let signal = GateSignal::of_parts(number, target, value).unwrap();
            assert_eq!(signal.target_and_value(), (target, value));
            signal.name()
        };
        let names =
            [of(0, 3, 1), of(1, 31, 1), of(2, 0, 0), of(3, 0, -5), of(4, 2, 0), of(5, 0, 7)];
        assert_eq!(
            names,
            ["halted", "breaker", "account_confirmed", "clock_measured", "enabled", "governor"]
        );
    }
}
