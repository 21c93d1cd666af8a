//! The encoding of records: compact in the journal, where numbers take as many bytes as they need so that a
//! journal is short; fixed towards JavaScript, where a field must stand at a known offset.

mod reader;
mod writer;

pub use reader::Reader;
pub use writer::Writer;

/// Most bytes of an encoded `u32`.
pub const U32_BYTES_MAX: usize = 5;
/// Most bytes of an encoded `u64` or `i64`.
pub const U64_BYTES_MAX: usize = 9;
/// Most bytes of an encoded amount.
pub const AMOUNT_BYTES_MAX: usize = 17;

/// How numbers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// As few bytes as the value needs; what `Reader` reads.
    Compact,
    /// As many bytes as the type has, little-endian.
    Fixed,
}

/// What a record can hold.
pub trait Encode {
    /// Returns a bound of the encoded length in either layout.
    fn encoded_bytes_max(&self) -> usize;

    /// Writes every field.
    fn encode(&self, writer: &mut Writer<'_>);
}

/// Bytes stand for themselves.
impl Encode for [u8] {
    fn encoded_bytes_max(&self) -> usize {
        self.len()
    }

    fn encode(&self, writer: &mut Writer<'_>) {
        writer.bytes(self);
    }
}

/// Appends the encoded form and returns its length.
pub fn append_encoded(
    out: &mut Vec<u8>,
    layout: Layout,
    content: &(impl Encode + ?Sized),
) -> usize {
    let start = out.len();
    let room = content.encoded_bytes_max();
    out.resize(start + room, 0);
    let mut writer = Writer::new(&mut out[start..], layout);
    content.encode(&mut writer);
    let length = writer.len().min(room);
    out.truncate(start + length);
    length
}

/// Returns how many bytes a record takes where there is room for any.
#[cfg(test)]
pub(crate) fn compact_length(record: &impl Encode) -> usize {
    let mut bytes = [0_u8; 512];
    let mut writer = Writer::new(&mut bytes, Layout::Compact);
    record.encode(&mut writer);
    writer.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::amount::Amount;
    use crate::code::Code;
    use crate::error::Result;
    use proptest::prelude::*;

    /// Returns what `read` makes of what `write` wrote, and how many bytes that took.
    fn round_trip<T>(
        write: impl FnOnce(&mut Writer<'_>),
        read: impl FnOnce(&mut Reader<'_>) -> Result<T>,
        room: usize,
    ) -> (T, usize) {
        let mut bytes = vec![0_u8; room];
        let mut writer = Writer::new(&mut bytes, Layout::Compact);
        write(&mut writer);
        let length = writer.len();
        assert!(length <= room, "{length} bytes in {room}");
        let mut reader = Reader::new(&bytes[..length]);
        let value = read(&mut reader).unwrap();
        assert!(reader.rest().is_empty());
        (value, length)
    }

    #[test]
    fn a_number_takes_the_bytes_it_needs() {
        let length = |value| round_trip(|w| w.u64(value), |r| r.u64(), U64_BYTES_MAX).1;
        assert_eq!([0, 127, 128, (1 << 56) - 1, 1 << 56, u64::MAX].map(length), [1, 1, 2, 8, 9, 9]);
        for bits in 1..=64_usize {
            assert_eq!(length(u64::MAX >> (64 - bits)), bits.div_ceil(7).min(9), "{bits} bits");
        }
        let length = |raw| {
            let amount = Amount::from_raw(raw);
            round_trip(|w| w.amount(amount), |r| r.amount(), AMOUNT_BYTES_MAX).1
        };
        assert_eq!([0, -1, 127, 128, i128::MAX, i128::MIN].map(length), [1, 2, 2, 3, 17, 17]);
    }

    #[test]
    fn a_write_past_the_end_changes_nothing_but_the_length() {
        let mut bytes = [0_u8; 4];
        let mut writer = Writer::new(&mut bytes, Layout::Compact);
        assert!(writer.is_empty());
        writer.u64(u64::MAX);
        assert_eq!(writer.len(), 9);
        assert_eq!(bytes, [0; 4]);
    }

    #[test]
    fn too_large_a_number_and_too_long_an_amount_are_refused() {
        let mut bytes = [0_u8; U64_BYTES_MAX];
        Writer::new(&mut bytes, Layout::Compact).u64(1 << 40);
        assert_eq!(Reader::new(&bytes).u32().map_err(|e| e.code()), Err(Code::JournalCorrupt));
        assert_eq!(Reader::new(&bytes).u16().map_err(|e| e.code()), Err(Code::JournalCorrupt));
        assert_eq!(
            Reader::new(&[17; 18]).amount().map_err(|e| e.code()),
            Err(Code::JournalCorrupt)
        );
    }

    #[test]
    fn the_fixed_layout_has_every_field_at_its_offset() {
        let mut bytes = [0_u8; 47];
        let mut writer = Writer::new(&mut bytes, Layout::Fixed);
        writer.u8(1);
        writer.u16(0x0203);
        writer.u32(0x0405_0607);
        writer.u64(8);
        writer.i64(-9);
        writer.optional_i64(None);
        writer.amount(Amount::from_raw(-10));
        assert_eq!(writer.len(), 47);
        assert_eq!(bytes[..7], [1, 3, 2, 7, 6, 5, 4]);
        assert_eq!(bytes[7..15], 8_u64.to_le_bytes());
        assert_eq!(bytes[15..23], (-9_i64).to_le_bytes());
        assert_eq!(bytes[23..31], i64::MIN.to_le_bytes());
        assert_eq!(bytes[31..], (-10_i128).to_le_bytes());
    }

    #[test]
    fn what_is_appended_stands_behind_what_was_there() {
        let mut out = vec![7];
        assert_eq!(append_encoded(&mut out, Layout::Compact, &[1, 2, 3][..]), 3);
        assert_eq!(out, [7, 1, 2, 3]);
    }

    #[test]
    fn a_writer_is_empty_until_something_is_written() {
        let mut bytes = [0_u8; 4];
        let mut writer = Writer::new(&mut bytes, Layout::Compact);
        assert!(writer.is_empty());
        writer.u8(0);
        assert!(!writer.is_empty());
    }

    proptest! {
        #[test]
        fn what_was_written_is_read_back(
            small in any::<u32>(), word in any::<u64>(), signed in any::<i64>(), raw in any::<i128>(), shift in 0_u32..127,
        ) {
            prop_assert_eq!(round_trip(|w| w.u8(small as u8), |r| r.u8(), 1).0, small as u8);
            prop_assert_eq!(round_trip(|w| w.u16(small as u16), |r| r.u16(), 3).0, small as u16);
            prop_assert_eq!(round_trip(|w| w.u32(small), |r| r.u32(), U32_BYTES_MAX).0, small);
            let (word, signed) = (word >> (shift % 64), signed >> (shift % 64));
            prop_assert_eq!(round_trip(|w| w.u64(word), |r| r.u64(), U64_BYTES_MAX).0, word);
            prop_assert_eq!(round_trip(|w| w.i64(signed), |r| r.i64(), U64_BYTES_MAX).0, signed);
            let optional = (signed != i64::MIN).then_some(signed);
            let read = round_trip(|w| w.optional_i64(optional), |r| r.optional_i64(), U64_BYTES_MAX).0;
            prop_assert_eq!(read, optional);
            let amount = Amount::from_raw(raw >> shift);
            prop_assert_eq!(round_trip(|w| w.amount(amount), |r| r.amount(), AMOUNT_BYTES_MAX).0, amount);
        }

        #[test]
        fn every_cut_is_refused(word in any::<u64>(), raw in any::<i128>()) {
            let mut bytes = [0_u8; U64_BYTES_MAX + AMOUNT_BYTES_MAX];
            let mut writer = Writer::new(&mut bytes, Layout::Compact);
            writer.u64(word);
            writer.amount(Amount::from_raw(raw));
            let length = writer.len();
            for cut in 0..length {
                let mut reader = Reader::new(&bytes[..cut]);
                let read = reader.u64().and_then(|_| reader.amount());
                prop_assert_eq!(read.map_err(|error| error.code()), Err(Code::JournalCorrupt));
            }
        }
    }
}
