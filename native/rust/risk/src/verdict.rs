//! The outcome of a judgement: every control that was looked at, with limit, observed value and age of the input.

use crate::control::Control;
use holdfast_core::persist::Persist;
use holdfast_core::wire::{
    AMOUNT_BYTES_MAX, Encode, Layout, Reader, U64_BYTES_MAX, Writer, append_encoded,
};
use holdfast_core::{Amount, ClientOrderId, Code, Error, Quantity, Result};

/// One control's part of a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Check {
    /// Which control.
    pub control: Control,
    /// Whether the order passes it.
    pub passed: bool,
    /// Bound in the control's unit; `None` when it is unlimited or not exceeded by nature.
    pub limit: Option<i128>,
    /// What was seen, in the control's unit.
    pub observed: i128,
    /// Age of the market input, in nanoseconds.
    pub age_ns: i64,
}

/// Most bytes of one encoded check.
const CHECK_BYTES_MAX: usize = 3 + 2 * AMOUNT_BYTES_MAX + U64_BYTES_MAX;
/// Most checks of a verdict: each control at most once.
pub const CHECKS_MAX: usize = 57;

/// What stands where no check was added.
const NO_CHECK: Check =
    Check { control: Control::PriceAge, passed: true, limit: None, observed: 0, age_ns: 0 };

/// A judgement.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// Which order.
    pub client_order_id: ClientOrderId,
    /// Whether it was proven to reduce the position.
    pub reducing: bool,
    /// The largest quantity that would have passed, in lots, of an order that was denied for its size alone.
    pub suggested: Option<Quantity>,
    /// First bytes of the fingerprint of the limits that were in force.
    pub limits_mark: u64,
    spoken: u64,
    failed: u64,
    /// Controls that passed with a value that is no news to whoever asked; they have no check here.
    quiet: u64,
    /// Each control has its own place, and those that have not spoken are not read, so that a verdict is written over
    /// without clearing it.
    checks: [Check; CHECKS_MAX],
}

impl PartialEq for Verdict {
    fn eq(&self, other: &Self) -> bool {
        self.client_order_id == other.client_order_id
            && self.reducing == other.reducing
            && self.suggested == other.suggested
            && self.limits_mark == other.limits_mark
            && self.quiet == other.quiet
            && self.checks().eq(other.checks())
    }
}

impl Eq for Verdict {}

impl Verdict {
    /// Starts a verdict to which no control has spoken.
    #[must_use]
    pub const fn new(client_order_id: ClientOrderId, reducing: bool) -> Self {
        Self {
            client_order_id,
            reducing,
            suggested: None,
            limits_mark: 0,
            spoken: 0,
            failed: 0,
            quiet: 0,
            checks: [NO_CHECK; CHECKS_MAX],
        }
    }

    /// Starts anew in the same memory.
    pub const fn begin(&mut self, client_order_id: ClientOrderId, reducing: bool) {
        self.client_order_id = client_order_id;
        self.reducing = reducing;
        self.suggested = None;
        self.limits_mark = 0;
        self.spoken = 0;
        self.failed = 0;
        self.quiet = 0;
    }

    /// Adds a control's word; a control speaks once, the last word counts.
    #[inline]
    pub fn add(&mut self, check: Check) {
        let (index, bit) = (check.control as usize, 1_u64 << check.control as u8);
        self.spoken |= bit;
        self.failed = (self.failed & !bit) | (u64::from(!check.passed) << check.control as u8);
        if let Some(slot) = self.checks.get_mut(index) {
            *slot = check;
        }
    }

    /// Notes a control that passed with a value that is no news.
    #[inline]
    pub(crate) const fn pass_quietly(&mut self, control: Control) {
        self.quiet |= 1 << control as u8;
    }

    /// Returns the controls that passed without a check of their own, as bits; none of a whole verdict.
    #[must_use]
    pub const fn passed_quietly(&self) -> u64 {
        self.quiet
    }

    /// Returns the checks in the order of the controls.
    pub fn checks(&self) -> impl Iterator<Item = &Check> {
        let mut left = self.spoken;
        std::iter::from_fn(move || {
            if left == 0 {
                return None;
            }
            let index = left.trailing_zeros() as usize;
            left &= left - 1;
            self.checks.get(index)
        })
    }

    /// Returns the controls that have spoken as bits.
    #[must_use]
    pub const fn spoken(&self) -> u64 {
        self.spoken
    }

    /// Returns the failed controls as bits.
    #[must_use]
    pub const fn failed(&self) -> u64 {
        self.failed
    }

    /// Returns whether the order may be sent.
    #[must_use]
    pub const fn approved(&self) -> bool {
        self.failed == 0
    }

    /// Returns whether the order was denied, and for nothing but its size.
    #[must_use]
    pub fn denied_for_size(&self) -> bool {
        self.failed != 0 && self.failed & !Control::SIZES == 0
    }

    /// Returns whether a control of sizes failed.
    #[must_use]
    pub fn too_large(&self) -> bool {
        self.failed & Control::SIZES != 0
    }

    /// Reads the journal form.
    ///
    /// # Errors
    /// `JOURNAL_CORRUPT`.
    pub fn decode(reader: &mut Reader<'_>) -> Result<Self> {
        let mut verdict = Self::new(ClientOrderId(reader.u64()?), false);
        let form = reader.u8()?;
        if Self::is_packed(form) {
            return verdict.unpack(form, reader);
        }
        verdict.reducing = form != 0;
        for _ in 0..reader.u8()? {
            let control = Control::from_number(reader.u8()?).ok_or_else(|| {
                Error::new(Code::JournalCorrupt, "verdict must name known controls")
            })?;
            let passed = reader.u8()? != 0;
            let is_limited = reader.u8()? != 0;
            let limit = reader.amount()?.raw();
            verdict.add(Check {
                control,
                passed,
                limit: is_limited.then_some(limit),
                observed: reader.amount()?.raw(),
                age_ns: reader.optional_i64()?.unwrap_or(i64::MAX),
            });
        }
        verdict.suggested = reader.optional_i64()?.map(Quantity::from_lots);
        verdict.limits_mark = reader.u64()?;
        Ok(verdict)
    }
}

impl Encode for Verdict {
    fn encoded_bytes_max(&self) -> usize {
        let failed = if self.failed == 0 { 0 } else { U64_BYTES_MAX };
        3 * U64_BYTES_MAX + 2 + failed + self.spoken.count_ones() as usize * CHECK_BYTES_MAX
    }

    fn encode(&self, writer: &mut Writer<'_>) {
        match writer.layout() {
            Layout::Compact => self.pack(writer),
            Layout::Fixed => self.write_plain(writer),
        }
    }
}

impl Verdict {
    /// Writes every field of every check, towards JavaScript and into the images of snapshots.
    fn write_plain(&self, writer: &mut Writer<'_>) {
        writer.u64(self.client_order_id.0);
        writer.u8(u8::from(self.reducing));
        writer.u8(self.spoken.count_ones() as u8);
        for check in self.checks() {
            writer.u8(check.control as u8);
            writer.u8(u8::from(check.passed));
            writer.u8(u8::from(check.limit.is_some()));
            writer.amount(Amount::from_raw(check.limit.unwrap_or(0)));
            writer.amount(Amount::from_raw(check.observed));
            // An age that is not known is the largest number; it is written as none.
            writer.optional_i64((check.age_ns != i64::MAX).then_some(check.age_ns));
        }
        writer.optional_i64(self.suggested.map(Quantity::lots));
        writer.u64(self.limits_mark);
    }
}

/// A verdict as images of snapshots hold it.
struct Plain<'a>(&'a Verdict);

impl Encode for Plain<'_> {
    fn encoded_bytes_max(&self) -> usize {
        self.0.encoded_bytes_max()
    }

    fn encode(&self, writer: &mut Writer<'_>) {
        self.0.write_plain(writer);
    }
}

/// The form is whole: what stands in the memory of checks beside it was overwritten.
impl Persist for Verdict {
    fn save(&self, out: &mut Vec<u8>) {
        append_encoded(out, Layout::Compact, &Plain(self));
    }

    fn load(reader: &mut Reader<'_>) -> Result<Self> {
        Self::decode(reader)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodes_and_decodes_every_check() {
        assert!(Control::ALL.len() <= CHECKS_MAX);
        let mut verdict = Verdict::new(ClientOrderId(9), true);
        for (index, control) in Control::ALL.iter().enumerate() {
            let limit = (index % 2 == 0).then_some(-(index as i128));
            verdict.add(Check {
                control: *control,
                passed: index % 3 != 0,
                limit,
                observed: i128::MIN,
                age_ns: if index % 2 == 0 { i64::MAX } else { 6 },
            });
        }
        verdict.suggested = Some(Quantity::from_lots(7));
        verdict.limits_mark = u64::MAX;
        let mut bytes = Vec::new();
        append_encoded(&mut bytes, Layout::Compact, &verdict);
        let read = Verdict::decode(&mut Reader::new(&bytes)).unwrap();
        assert_eq!(read, verdict);
        assert!(!read.approved());
        assert_eq!(read.failed() & 0b1111, 0b1001);
        let mut again = read.clone();
        again.begin(ClientOrderId(1), false);
        assert!(again.approved() && again.checks().count() == 0 && again.suggested.is_none());
        bytes[1] |= 8;
        assert!(Verdict::decode(&mut Reader::new(&bytes)).is_err(), "no such form");
        bytes.clear();
        verdict.save(&mut bytes);
        assert!(Verdict::is_of_old(&bytes).unwrap());
        assert_eq!(Verdict::decode(&mut Reader::new(&bytes)).unwrap(), verdict);
        bytes[3] = 200;
        assert!(Verdict::decode(&mut Reader::new(&bytes)).is_err());
    }

    #[test]
    fn a_packed_verdict_names_known_controls_and_ends_where_it_says() {
        let mut verdict = Verdict::new(ClientOrderId(9), false);
        for control in [Control::Equity, Control::Margin] {
            let check = Check { control, passed: true, limit: Some(5), observed: 3, age_ns: 7 };
            verdict.add(check);
        }
        let mut bytes = Vec::new();
        append_encoded(&mut bytes, Layout::Compact, &verdict);
        assert!(!Verdict::is_of_old(&bytes).unwrap());
        for length in 0..bytes.len() {
            assert!(Verdict::decode(&mut Reader::new(&bytes[..length])).is_err(), "{length}");
        }
        bytes[3] |= 63;
        assert!(Verdict::decode(&mut Reader::new(&bytes)).is_err());
    }

    fn check(control: Control, passed: bool) -> Check {
        Check { control, passed, limit: None, observed: 0, age_ns: 0 }
    }

    #[test]
    fn verdicts_are_equal_only_when_every_part_is() {
        let mut verdict = Verdict::new(ClientOrderId(9), true);
        verdict.add(check(Control::Equity, true));
        assert_eq!(verdict, verdict.clone());
        let other = |change: fn(&mut Verdict)| {
            let mut other = verdict.clone();
            change(&mut other);
            other
        };
        let others = [
            other(|verdict| verdict.client_order_id = ClientOrderId(8)),
            other(|verdict| verdict.reducing = false),
            other(|verdict| verdict.suggested = Some(Quantity::from_lots(1))),
            other(|verdict| verdict.limits_mark = 1),
            other(|verdict| verdict.add(check(Control::Margin, true))),
        ];
        others.iter().for_each(|other| assert_ne!(*other, verdict));
    }

    #[test]
    fn the_last_word_of_a_control_replaces_its_first_and_no_other_ones() {
        let mut verdict = Verdict::new(ClientOrderId(9), false);
        for (control, passed) in
            [(Control::Equity, true), (Control::Margin, false), (Control::Equity, false)]
        {
            verdict.add(check(control, passed));
        }
        let spoken: Vec<(Control, bool)> =
            verdict.checks().map(|check| (check.control, check.passed)).collect();
        assert_eq!(spoken, [(Control::Equity, false), (Control::Margin, false)]);
        verdict.add(check(Control::PriceAge, true));
        let controls: Vec<Control> = verdict.checks().map(|check| check.control).collect();
        assert_eq!(controls, [Control::PriceAge, Control::Equity, Control::Margin]);
    }

    #[test]
    fn the_room_asked_for_is_what_the_longest_verdict_without_checks_takes() {
        let mut verdict = Verdict::new(ClientOrderId(u64::MAX), true);
        verdict.suggested = Some(Quantity::from_lots(i64::MAX));
        verdict.limits_mark = u64::MAX;
        let mut bytes = [0_u8; 64];
        let mut writer = Writer::new(&mut bytes, Layout::Compact);
        verdict.encode(&mut writer);
        assert_eq!(writer.len(), verdict.encoded_bytes_max());
    }

    #[test]
    fn only_a_denial_by_sizes_alone_is_one_for_its_size() {
        let denied = |failed: &[Control]| {
            let mut verdict = Verdict::new(ClientOrderId(9), false);
            verdict.add(check(Control::PriceAge, true));
            failed.iter().for_each(|control| verdict.add(check(*control, false)));
            verdict.denied_for_size()
        };
        assert!(!denied(&[]) && !denied(&[Control::Equity, Control::OrderQuantity]));
        assert!(denied(&[Control::OrderQuantity, Control::Margin]));
    }
}
