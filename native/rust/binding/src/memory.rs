//! Memory that JavaScript owns and both sides read and write, without a copy.

use holdfast_core::{Code, Error, Result};
use napi::bindgen_prelude::Uint8Array;

/// A typed array that is kept alive for as long as this exists.
pub(crate) struct SharedBytes {
    owner: Uint8Array,
}

impl SharedBytes {
    /// Takes an array of at least `minimum` bytes whose start is aligned to 64 (NAT-18).
    pub(crate) fn new(owner: Uint8Array, name: &'static str, minimum: usize) -> Result<Self> {
        let address = owner.as_ref().as_ptr() as usize;
        if owner.as_ref().len() < minimum || !address.is_multiple_of(64) {
            return Err(Error::new(
                Code::ArgumentInvalid,
                format!(
                    "{name} must have at least {minimum} bytes aligned to 64, has {} at {address}",
                    owner.as_ref().len()
                ),
            ));
        }
        Ok(Self { owner })
    }

    pub(crate) fn read(&self) -> &[u8] {
        self.owner.as_ref()
    }

    pub(crate) fn write(&mut self) -> &mut [u8] {
        // SAFETY: the memory is shared so that it cannot be detached, but only the session's own thread has it, and
        // JavaScript does not run while native code does: nobody else reads or writes these bytes during the borrow.
        unsafe { self.owner.as_mut() }
    }

    pub(crate) fn put_f64(&mut self, offset: usize, values: &[f64]) {
        let target = self.write();
        for (index, value) in values.iter().enumerate() {
            let start = offset + index * 8;
            if let Some(slot) = target.get_mut(start..start + 8) {
                slot.copy_from_slice(&value.to_le_bytes());
            }
        }
    }

    pub(crate) fn i64_at(&self, offset: usize) -> i64 {
        self.read().get(offset..offset + 8).map_or(0, |bytes| {
            let mut word = [0_u8; 8];
            word.copy_from_slice(bytes);
            i64::from_le_bytes(word)
        })
    }

    /// The largest number stands for what lies outside of the memory: nothing has it.
    pub(crate) fn u16_at(&self, offset: usize) -> u16 {
        let bytes = self.read().get(offset..).and_then(|rest| rest.first_chunk());
        bytes.map_or(u16::MAX, |bytes| u16::from_le_bytes(*bytes))
    }

    pub(crate) fn u32_at(&self, offset: usize) -> u32 {
        self.read().get(offset..offset + 4).map_or(0, |bytes| {
            let mut word = [0_u8; 4];
            word.copy_from_slice(bytes);
            u32::from_le_bytes(word)
        })
    }

    pub(crate) fn put_u32(&mut self, offset: usize, value: u32) {
        if let Some(slot) = self.write().get_mut(offset..offset + 4) {
            slot.copy_from_slice(&value.to_le_bytes());
        }
    }

    pub(crate) fn put_bytes(&mut self, offset: usize, bytes: &[u8]) {
        if let Some(place) = self.write().get_mut(offset..offset + bytes.len()) {
            place.copy_from_slice(bytes);
        }
    }

    pub(crate) fn u8_at(&self, offset: usize) -> u8 {
        self.read().get(offset).copied().unwrap_or(u8::MAX)
    }
}
