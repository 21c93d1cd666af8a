//! A place in a journal, for JavaScript: records come as JSON texts, only those that are wanted.

use crate::failure::guarded;
use holdfast_core::journal_record::RecordKind;
use holdfast_core::{Code, Error, Result};
use holdfast_engine::JournalCursor;
use holdfast_engine::record_json::{concerns_order, record_json};
use napi_derive::napi;
use std::path::Path;

/// Goes through a journal from a record on; every byte on the way is verified.
#[napi]
pub struct NativeJournalCursor {
    cursor: JournalCursor,
    first: u64,
    kinds: Option<Vec<RecordKind>>,
    order: Option<u64>,
}

fn kind_of(name: &str) -> Result<RecordKind> {
    let known = RecordKind::VOCABULARY.iter().find(|(_, _, text)| *text == name);
    known.map(|(kind, ..)| *kind).ok_or_else(|| {
        Error::new(Code::ArgumentInvalid, format!("kind must be one of a record, was {name}"))
            .with("value", name)
    })
}

#[napi]
impl NativeJournalCursor {
    /// Stands before the record `first`, or at the beginning of what the journal still holds. Without `is_whole` segments
    /// that end before are left out, and not verified.
    #[napi(constructor)]
    pub fn new(
        folder: String,
        first: f64,
        is_whole: bool,
        kinds: Option<Vec<String>>,
        order: Option<String>,
    ) -> napi::Result<Self, String> {
        guarded(|| {
            let folder = Path::new(&folder);
            let first = first.max(0.0) as u64;
            let kinds: Result<Option<Vec<RecordKind>>> =
                kinds.map(|names| names.iter().map(|name| kind_of(name)).collect()).transpose();
            let order = order.map(|order| {
                order.parse::<u64>().map_err(|_| {
                    Error::new(
                        Code::ArgumentInvalid,
                        format!("order must be a client order id, was {order}"),
                    )
                    .with("value", order)
                })
            });
            let (kinds, order) = (kinds?, order.transpose()?);
            let cursor = if is_whole {
                JournalCursor::open(folder)?
            } else {
                JournalCursor::open_near(folder, first)?
            };
            Ok(Self { cursor, first, kinds, order })
        })
    }

    /// Returns the next records that are wanted, at most `count`; none at the end. What stands before damage is returned
    /// before the damage is thrown.
    #[napi]
    pub fn advance(&mut self, count: u32) -> napi::Result<Vec<String>, String> {
        guarded(|| {
            let mut found = Vec::new();
            while found.len() < count as usize {
                match self.advance_one(&mut found) {
                    Ok(true) => {}
                    Ok(false) => break,
                    Err(error) if found.is_empty() => return Err(error),
                    Err(_) => break,
                }
            }
            Ok(found)
        })
    }

    /// Looks for what was written meanwhile.
    #[napi]
    pub fn refresh(&mut self) -> napi::Result<(), String> {
        guarded(|| self.cursor.refresh())
    }

    /// Returns the sequence of the record that comes next.
    #[napi(getter)]
    pub fn next_sequence(&self) -> f64 {
        self.cursor.chain().next_sequence as f64
    }
}

impl NativeJournalCursor {
    fn advance_one(&mut self, found: &mut Vec<String>) -> Result<bool> {
        let Some(record) = self.cursor.advance()? else { return Ok(false) };
        let is_kind = self.kinds.as_ref().is_none_or(|kinds| kinds.contains(&record.kind));
        if record.sequence < self.first || !is_kind {
            return Ok(true);
        }
        let json = record_json(&record)?;
        if self.order.is_none_or(|order| concerns_order(&json, order)) {
            found.push(json.to_string());
        }
        Ok(true)
    }
}
