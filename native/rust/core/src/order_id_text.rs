//! The text that a venue sees of a client order id, and the way back.

use crate::code::Code;
use crate::error::{Error, Result};
use crate::identifier::ClientOrderId;

/// Longest text that every venue takes.
pub const ORDER_ID_CHARS_MAX: usize = 36;
/// Longest prefix: what the two numbers and their hyphens leave.
pub const PREFIX_CHARS_MAX: usize = ORDER_ID_CHARS_MAX - EPOCH_DIGITS - NUMBER_DIGITS - 2;
const EPOCH_DIGITS: usize = 5;
const NUMBER_DIGITS: usize = 7;
const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// Every number of two digits.
static PAIRS: [[u8; 2]; 1_296] = {
    let mut pairs = [[0; 2]; 1_296];
    let mut value = 0;
    while value < pairs.len() {
        pairs[value] = [DIGITS[value / 36], DIGITS[value % 36]];
        value += 1;
    }
    pairs
};

/// Writes ids as `prefix-eeeee-nnnnnnn`: epoch and number in base 36 with leading zeros, so that texts sort like ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderIdText {
    prefix: String,
}

impl OrderIdText {
    /// Makes a form with a prefix, which tells one bot's orders from another's on the same account.
    ///
    /// # Errors
    /// `ORDER_ID_INVALID` unless the prefix has 1 to 22 letters, digits or underscores.
    pub fn new(prefix: &str) -> Result<Self> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if prefix.is_empty() || prefix.len() > PREFIX_CHARS_MAX || !prefix.bytes().all(allowed) {
            return Err(invalid(prefix, "prefix must have 1 to 22 letters, digits or underscores"));
        }
        Ok(Self { prefix: prefix.to_string() })
    }

    /// Returns the text of an id.
    #[must_use]
    pub fn write(&self, id: ClientOrderId) -> String {
        let mut text = String::with_capacity(ORDER_ID_CHARS_MAX);
        text.push_str(&self.prefix);
        text.push('-');
        push_digits(&mut text, u64::from(id.epoch()), EPOCH_DIGITS);
        text.push('-');
        push_digits(&mut text, u64::from(id.number()), NUMBER_DIGITS);
        text
    }

    /// Writes the text of an id to the start of `out` and returns its length; what does not fit is left out.
    pub fn write_into(&self, id: ClientOrderId, out: &mut [u8]) -> usize {
        let mut digits = [b'-'; EPOCH_DIGITS + NUMBER_DIGITS + 2];
        let [_, epoch @ .., _, _, _, _, _, _, _, _] = &mut digits;
        write_digits(id.epoch(), epoch);
        let [_, _, _, _, _, _, _, number @ ..] = &mut digits;
        write_digits(id.number(), number);
        let prefix = self.prefix.as_bytes();
        let head = prefix.len().min(out.len());
        let (text, rest) = out.split_at_mut(head);
        text.copy_from_slice(&prefix[..head]);
        match rest.first_chunk_mut() {
            Some(place) => *place = digits,
            None => rest.copy_from_slice(&digits[..rest.len()]),
        }
        head + rest.len().min(digits.len())
    }

    /// Returns the id of a text that `write` gave.
    ///
    /// # Errors
    /// `ORDER_ID_INVALID` for any other text: it is an order of somebody else.
    pub fn parse(&self, text: &str) -> Result<ClientOrderId> {
        let foreign = || invalid(text, "order id must be one that was written with this prefix");
        let rest = text.strip_prefix(&self.prefix).and_then(|rest| rest.strip_prefix('-'));
        let (epoch, number) = rest.and_then(|rest| rest.split_once('-')).ok_or_else(foreign)?;
        let epoch = read_digits(epoch, EPOCH_DIGITS).ok_or_else(foreign)?;
        let number = read_digits(number, NUMBER_DIGITS).ok_or_else(foreign)?;
        let (epoch, number) = (u32::try_from(epoch), u32::try_from(number));
        let (Ok(epoch), Ok(number)) = (epoch, number) else { return Err(foreign()) };
        ClientOrderId::compose(epoch, number)
    }
}

/// Writes the last digits of a number, as many as there are places; two come of each division.
fn write_digits(mut value: u32, places: &mut [u8]) {
    for pair in places.rchunks_mut(2) {
        let [tens, ones] = PAIRS[(value % 1_296) as usize];
        value /= 1_296;
        match pair {
            [first, second] => (*first, *second) = (tens, ones),
            [only] => *only = ones,
            _ => {}
        }
    }
}

fn push_digits(text: &mut String, value: u64, count: usize) {
    for place in (0..count as u32).rev() {
        let digit = value / 36_u64.pow(place) % 36;
        text.push(char::from(DIGITS[digit as usize]));
    }
}

fn read_digits(text: &str, count: usize) -> Option<u64> {
    if text.len() != count {
        return None;
    }
    text.bytes().try_fold(0, |value: u64, byte| {
        let digit = DIGITS.iter().position(|each| *each == byte)?;
        Some(value * 36 + digit as u64)
    })
}

fn invalid(text: &str, rule: &str) -> Error {
    Error::new(Code::OrderIdInvalid, format!("{rule}, was {text}")).with("value", text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identifier::EPOCH_MAX;
    use proptest::prelude::*;

    #[test]
    fn ord_04_the_longest_text_fits_every_venue() {
        let form = OrderIdText::new("a234567890_34567890_34").unwrap();
        let last = ClientOrderId::compose(EPOCH_MAX, u32::MAX).unwrap();
        let text = form.write(last);
        assert_eq!(text, "a234567890_34567890_34-18y67-1z141z3");
        assert_eq!((text.len(), form.parse(&text)), (ORDER_ID_CHARS_MAX, Ok(last)));
        assert!(last.0 < 1 << 53, "JavaScript counts that far");
    }

    #[test]
    fn order_id_invalid_is_said_of_what_is_not_ours() {
        for prefix in ["", "a-b", "a234567890_34567890_345", "é"] {
            assert_eq!(OrderIdText::new(prefix).map_err(|e| e.code()), Err(Code::OrderIdInvalid));
        }
        let form = OrderIdText::new("hf").unwrap();
        let wrong = [
            "",
            "hf",
            "hf-",
            "hf-00000-0000000",
            "hf-00000-000000A",
            "hg-00000-0000001",
            "hf-00000-00000001",
            "hf-zzzzz-0000001",
            "hf-00000-zzzzzzz",
            "hf-00000-0000001-",
        ];
        for text in wrong {
            assert_eq!(form.parse(text).map_err(|e| e.code()), Err(Code::OrderIdInvalid), "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn ord_04_texts_come_back_and_sort_like_their_ids(
            one in (0..=EPOCH_MAX, 1..u32::MAX), two in (0..=EPOCH_MAX, 1..u32::MAX), near in 0_u32..3,
        ) {
            let form = OrderIdText::new("hf").unwrap();
            let ids = [one, two, (one.0, one.1.saturating_add(near))]
                .map(|(epoch, number)| ClientOrderId::compose(epoch, number).unwrap());
            for id in ids {
                let text = form.write(id);
                prop_assert_eq!(form.parse(&text), Ok(id));
                let mut bytes = [0; ORDER_ID_CHARS_MAX];
                let length = form.write_into(id, &mut bytes);
                prop_assert_eq!(&bytes[..length], text.as_bytes());
                for room in 0..length {
                    let mut short = vec![0; room];
                    prop_assert_eq!(form.write_into(id, &mut short), room);
                    prop_assert_eq!(short, &text.as_bytes()[..room]);
                }
                for other in ids {
                    prop_assert_eq!(text.cmp(&form.write(other)), id.cmp(&other));
                }
            }
        }
    }
}
