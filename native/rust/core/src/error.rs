//! The one error type of the native crates.

use crate::code::{Category, Code};

/// A failure with its stable code, a message for people and the values the message names.
///
/// It is one pointer, since nearly every call can fail and hardly any does: what a call returns when it succeeds would
/// carry the size of the failure otherwise.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.0.message)]
pub struct Error(Box<Failed>);

/// What a failure says.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Failed {
    code: Code,
    message: String,
    context: Vec<(&'static str, String)>,
}

/// Result with the one error type.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// Makes an error; the message starts in lower case and names the field, the rule and the value.
    #[must_use]
    #[cold]
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self(Box::new(Failed { code, message: message.into(), context: Vec::new() }))
    }

    /// Adds a value to the context.
    #[must_use]
    pub fn with(mut self, key: &'static str, value: impl ToString) -> Self {
        self.0.context.push((key, value.to_string()));
        self
    }

    /// Returns the stable code.
    #[must_use]
    pub const fn code(&self) -> Code {
        self.0.code
    }

    /// Returns the category that follows from the code.
    #[must_use]
    pub const fn category(&self) -> Category {
        self.0.code.category()
    }

    /// Returns the context in the order in which it was added.
    #[must_use]
    pub fn context(&self) -> &[(&'static str, String)] {
        &self.0.context
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carries_code_category_message_and_context() {
        let error = Error::new(Code::PriceOffTick, "price must be a multiple of 0.01, was 1.005")
            .with("value", "1.005");
        assert_eq!(error.code(), Code::PriceOffTick);
        assert_eq!(error.category(), Category::Validation);
        assert_eq!(error.to_string(), "price must be a multiple of 0.01, was 1.005");
        assert_eq!(error.context(), &[("value", "1.005".to_string())]);
    }
}
