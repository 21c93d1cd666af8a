//! Stops a panic before it can cross a language boundary (NAT-30).

use crate::code::Code;
use crate::error::{Error, Result};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs a function; a panic inside becomes an error, and the caller must not use what the function was changing.
///
/// # Errors
/// `NATIVE_PANIC` with the panic's text, or the function's own error.
pub fn contain<T>(operation: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(operation)).unwrap_or_else(|payload| {
        let text = payload
            .downcast_ref::<&str>()
            .map(ToString::to_string)
            .or_else(|| payload.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "no text".into());
        Err(Error::new(Code::NativePanic, format!("native code failed and was contained: {text}"))
            .with("panic", text))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nat_30_a_panic_becomes_an_error_with_its_text() {
        let caught: Result<()> = contain(|| panic!("index {} is off", 7));
        let error = caught.unwrap_err();
        assert_eq!(error.code(), Code::NativePanic);
        assert_eq!(error.context(), &[("panic", "index 7 is off".to_string())]);
        assert_eq!(
            contain(|| -> Result<()> { panic!("plain") }).map_err(|e| e.code()),
            Err(Code::NativePanic)
        );
        assert_eq!(contain(|| Ok(5)), Ok(5));
    }
}
