//! What stands in a document of limits besides the limits: scopes, and how it may be changed.

use crate::limit_values::invalid;
use crate::limits::{LIMIT_KEYS, LimitsSpec, UNLIMITED};
use holdfast_core::{Code, Error, Result};
use serde::{Deserialize, Serialize};

/// Further limits for a part of the account. Every selector that is given must fit; none selects everything.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScopeSpec {
    /// Name of a strategy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strategy: Option<String>,
    /// Name of a venue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub venue: Option<String>,
    /// Symbol of an instrument.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instrument: Option<String>,
    /// Name of a class of `asset_classes`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asset_class: Option<String>,
    /// The limits that it sets.
    pub limits: serde_json::Map<String, serde_json::Value>,
}

/// How limits may be loosened while a session runs. Tightening is instant whatever stands here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ChangeRules {
    /// Time after which a loosening takes effect without the second key, in milliseconds; `unlimited` is never.
    pub loosen_delay_ms: String,
    /// BLAKE3 of the second key, hexadecimal; with the key a loosening takes effect at once.
    pub second_key_hash: Option<String>,
}

impl Default for ChangeRules {
    fn default() -> Self {
        Self { loosen_delay_ms: UNLIMITED.into(), second_key_hash: None }
    }
}

impl ChangeRules {
    /// Returns whether nothing permits a loosening.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// Returns the delay in nanoseconds; `None` is never.
    ///
    /// # Errors
    /// `LIMITS_INVALID`.
    pub fn delay_ns(&self) -> Result<Option<i64>> {
        crate::limit_values::milliseconds("change.loosen_delay_ms", &self.loosen_delay_ms)
    }

    /// Returns the form in which limits keep a second key.
    #[must_use]
    pub fn hash_of(key: &str) -> String {
        blake3::hash(key.as_bytes()).to_hex().to_string()
    }

    /// Returns whether this is the second key.
    #[must_use]
    pub fn accepts(&self, key: &str) -> bool {
        self.second_key_hash.as_deref().is_some_and(|known| known == Self::hash_of(key))
    }

    pub(crate) fn check(&self) -> Result<()> {
        self.delay_ns()?;
        match &self.second_key_hash {
            Some(hash) if blake3::Hash::from_hex(hash).is_err() => {
                Err(invalid("change.second_key_hash", "must be 64 hexadecimal digits", hash))
            }
            _ => Ok(()),
        }
    }
}

impl ScopeSpec {
    /// Returns the limits that the scope sets, everything else unlimited.
    ///
    /// # Errors
    /// `LIMITS_UNKNOWN_KEY`, `LIMITS_INVALID` for a limit that only the account has.
    pub(crate) fn spec(&self) -> Result<LimitsSpec> {
        let unrepresentable = |error: serde_json::Error| {
            Error::new(Code::LimitsInvalid, format!("scopes.limits must be limits, {error}"))
        };
        let mut written = serde_json::to_value(LimitsSpec::unlimited()).map_err(unrepresentable)?;
        for (key, value) in &self.limits {
            let known = LIMIT_KEYS.iter().find(|known| known.key == key);
            match known {
                None if key != "trading_hours" => {
                    return Err(Error::new(
                        Code::LimitsUnknownKey,
                        format!("scopes.limits must hold limits, not \"{key}\""),
                    )
                    .with("key", key));
                }
                Some(known) if known.reach == "account" => {
                    return Err(invalid(key, "is a limit of the account, not of a scope", key));
                }
                _ => {}
            }
            if let Some(object) = written.as_object_mut() {
                object.insert(key.clone(), value.clone());
            }
        }
        serde_json::from_value(written).map_err(unrepresentable)
    }
}
