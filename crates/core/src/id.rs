//! Names for sessions. Making a fresh one needs randomness and is the runtime's.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A session's name: a UUID in lower case, which the CLI also gets as its `--session-id`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(try_from = "String", into = "String")]
#[ts(export, type = "string")]
pub struct SessionId(String);

/// The text is not a UUID.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a session id")]
pub struct NotASessionId(String);

impl SessionId {
    /// Accepts a hyphenated UUID in either case.
    ///
    /// # Errors
    /// Anything else, so that an id is always safe as a file name and as an argument.
    pub fn parse(text: &str) -> Result<Self, NotASessionId> {
        let hyphens = [8, 13, 18, 23];
        let well_formed = text.len() == 36
            && text.bytes().enumerate().all(|(at, byte)| {
                if hyphens.contains(&at) { byte == b'-' } else { byte.is_ascii_hexdigit() }
            });
        if well_formed {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err(NotASessionId(text.chars().take(64).collect()))
        }
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first eight digits: what people read and type.
    #[must_use]
    pub fn short(&self) -> &str {
        &self.0[..8]
    }
}

impl std::fmt::Display for SessionId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for SessionId {
    type Error = NotASessionId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<SessionId> for String {
    fn from(id: SessionId) -> Self {
        id.0
    }
}

#[cfg(test)]
mod tests {
    use super::SessionId;

    #[test]
    fn only_uuids_are_ids() {
        let id = SessionId::parse("B1D42286-cc30-4c1e-a2f9-fc320fe98405").unwrap();
        assert_eq!(id.short(), "b1d42286");
        for bad in [
            "",
            "../../etc/passwd",
            "b1d42286cc304c1ea2f9fc320fe98405",
            "b1d42286-cc30-4c1e-a2f9-fc320fe9840g",
        ] {
            assert!(SessionId::parse(bad).is_err(), "{bad}");
        }
    }
}
