//! The token that `claude setup-token` prints, pasted by the person: kept in the system's key
//! store, or, where there is none (a Linux without Secret Service), in a file that only this user
//! can read. Which of both is told, so that the window can warn. Not here: who is signed in.

use std::fmt;
use std::io;
use std::path::PathBuf;

use bosk_core::auth::TokenStore;
use bosk_core::{Problem, ProblemCode};
use serde::{Deserialize, Serialize};

use super::key_store::{self, KeyStoreError};
use crate::files;
use crate::home::Home;

/// What a token lives for, in seconds: what the CLI (2.1.330) asks for when it makes one, a year.
/// For a reminder only, since nothing that Bosk can read tells a token's real end.
pub const LIFETIME: u64 = 365 * 24 * 60 * 60;

/// What a token of Bosk's own interface begins with.
const INTERFACE: &str = "bosk_";

/// A secret: it can be handed on, but neither shown nor written by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// The text is not a token of `claude setup-token`. It does not say what the text was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("This is not a token that `claude setup-token` prints, so it was not kept.")]
pub struct NotAToken;

impl Secret {
    /// Accepts what a person pastes: space around it, and line breaks that a terminal put in,
    /// are taken out.
    ///
    /// # Errors
    /// It does not begin with `sk-ant-oat`, or holds what no token holds.
    pub fn parse(text: &str) -> Result<Self, NotAToken> {
        let token: String = text.chars().filter(|letter| !matches!(letter, '\n' | '\r')).collect();
        let token = token.trim();
        let proper = token.bytes().all(|byte| byte.is_ascii_graphic());
        let long_enough = (20..=4096).contains(&token.len());
        if proper && long_enough && token.starts_with("sk-ant-oat") {
            Ok(Self(token.to_owned()))
        } else {
            Err(NotAToken)
        }
    }

    /// A new one for Bosk's own interface: 244 random bits.
    #[must_use]
    pub fn new_for_interface() -> Self {
        let random = || uuid::Uuid::new_v4().simple().to_string();
        Self(format!("{INTERFACE}{}{}", random(), random()))
    }

    /// Reads one that was made for Bosk's own interface.
    #[must_use]
    pub fn interface(text: &str) -> Option<Self> {
        let token = text.trim();
        let proper = token.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let is_one = token.starts_with(INTERFACE) && token.len() > INTERFACE.len() + 30 && proper;
        is_one.then(|| Self(token.to_owned()))
    }

    /// The secret itself: for a process's environment and for a key store, and nowhere else.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl From<NotAToken> for Problem {
    fn from(error: NotAToken) -> Self {
        Self::new(ProblemCode::InvalidInput, error.to_string()).hint(
            "Run `claude setup-token` in a terminal and paste the whole line that begins with sk-ant-oat.",
        )
    }
}

/// Where a token was put, and when: kept beside it, so that a key store is not asked (and does
/// not ask the person to be unlocked) where there is nothing to be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenNote {
    /// Where.
    pub store: TokenStore,
    /// When: seconds since 1970.
    pub stored: u64,
}

impl TokenNote {
    /// When it will probably stop working, in seconds since 1970.
    #[must_use]
    pub fn probable_end(&self) -> u64 {
        self.stored.saturating_add(LIFETIME)
    }
}

/// The place of one home's token.
#[derive(Debug, Clone)]
pub struct TokenShelf {
    note: PathBuf,
    file: PathBuf,
    /// The name in the key store; each home has its own.
    account: Option<String>,
    read: fn(&str) -> Option<Secret>,
}

impl TokenShelf {
    /// The shelf of this home.
    #[must_use]
    pub fn of(home: &Home) -> Self {
        let account = Some(home.path().to_string_lossy().into_owned());
        let read = |text: &str| Secret::parse(text).ok();
        Self {
            note: home.path().join("token.json"),
            file: home.path().join("token"),
            account,
            read,
        }
    }

    /// The shelf of the token that callers of this home's interface have to show.
    #[must_use]
    pub fn of_interface(home: &Home) -> Self {
        let account = Some(format!("{} interface", home.path().display()));
        let at = |name: &str| home.path().join(name);
        Self { note: at("interface.json"), file: at("interface"), account, read: Secret::interface }
    }

    /// The same without a key store: for a person who wants none, and for tests, which must not
    /// touch the one of whoever runs them.
    #[must_use]
    pub fn without_key_store(self) -> Self {
        Self { account: None, ..self }
    }

    /// Keeps a token, in place of an older one. `now` is in seconds since 1970.
    ///
    /// # Errors
    /// [`ProblemCode::KeyStore`]: neither the key store nor Bosk's folder took it.
    pub async fn store(&self, token: &Secret, now: u64) -> Result<TokenStore, Problem> {
        let kept = match &self.account {
            Some(account) => key_store::set(account, token).await,
            None => Err(KeyStoreError::Absent),
        };
        let store = if let Err(error) = kept {
            tracing::warn!(%error, "the token goes into a file, since the key store did not take it");
            files::write_atomically(&self.file, token.reveal().as_bytes()).map_err(not_kept)?;
            TokenStore::File
        } else {
            remove(&self.file).map_err(not_kept)?;
            TokenStore::Keychain
        };
        let note = serde_json::to_vec(&TokenNote { store, stored: now }).map_err(not_kept)?;
        files::write_atomically(&self.note, &note).map_err(not_kept)?;
        Ok(store)
    }

    /// What is known of the kept token, without touching it; none if none is kept.
    #[must_use]
    pub fn note(&self) -> Option<TokenNote> {
        let note = std::fs::read(&self.note).ok()?;
        serde_json::from_slice(&note).ok()
    }

    /// The kept token; none if none is kept.
    ///
    /// # Errors
    /// [`ProblemCode::KeyStore`]: one is kept, but cannot be had now.
    pub async fn load(&self) -> Result<Option<Secret>, Problem> {
        let Some(note) = self.note() else { return Ok(None) };
        let token = match (note.store, &self.account) {
            (TokenStore::File, _) => match std::fs::read_to_string(&self.file) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                read => read.map_err(|_| not_had("its file cannot be read"))?,
            },
            (TokenStore::Keychain, None) => return Ok(None),
            (TokenStore::Keychain, Some(account)) => match key_store::get(account).await {
                Err(KeyStoreError::Empty) => return Ok(None),
                got => got.map_err(|error| not_had(&error.to_string()))?,
            },
        };
        (self.read)(&token).map(Some).ok_or_else(|| not_had("what is kept is not a token"))
    }

    /// Forgets it, wherever it is.
    ///
    /// # Errors
    /// [`ProblemCode::KeyStore`]: it may still be there.
    pub async fn forget(&self) -> Result<(), Problem> {
        let kept = self.note().map(|note| note.store);
        remove(&self.file).map_err(not_forgotten)?;
        if let (Some(TokenStore::Keychain), Some(account)) = (kept, &self.account) {
            match key_store::delete(account).await {
                Ok(()) | Err(KeyStoreError::Empty) => {}
                Err(error) => return Err(not_forgotten(error)),
            }
        }
        // Last, so that a failure before can be tried again.
        remove(&self.note).map_err(not_forgotten)
    }
}

fn remove(path: &std::path::Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn not_kept(error: impl fmt::Display) -> Problem {
    Problem::new(ProblemCode::KeyStore, format!("The token could not be kept: {error}."))
        .hint("Free space in Bosk's folder, or sign in with `claude auth login` in a terminal.")
}

fn not_had(why: &str) -> Problem {
    let message =
        format!("The kept token cannot be had, so sessions run with the CLI's own sign-in: {why}.");
    Problem::new(ProblemCode::KeyStore, message)
        .hint("Unlock the system's key store and try again, or paste the token anew.")
}

fn not_forgotten(error: impl fmt::Display) -> Problem {
    Problem::new(ProblemCode::KeyStore, format!("The token may still be kept: {error}."))
        .hint("Unlock the system's key store and try again.")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "sk-ant-oat01-canary_canary-canary";

    fn shelf() -> (tempfile::TempDir, TokenShelf) {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path().join("bosk")).unwrap();
        (folder, TokenShelf::of(&home).without_key_store())
    }

    #[test]
    fn takes_what_a_terminal_makes_of_a_token() {
        let (first, second) = TOKEN.split_at(20);
        for pasted in [TOKEN.to_owned(), format!("  {TOKEN}\n"), format!("{first}\r\n{second}\n")] {
            assert_eq!(Secret::parse(&pasted).unwrap().reveal(), TOKEN);
        }
        for other in [
            "",
            "sk-ant-oat",
            "sk-ant-api03-canary-canary-canary",
            "sk-ant-oat01-canary canary-canary",
            "sk-ant-oat01-canary\u{1b}[0m-canary",
            "sk-ant-oat01-canary\0canary-canary",
        ] {
            let problem = Problem::from(Secret::parse(other).unwrap_err());
            assert_eq!(problem.code, ProblemCode::InvalidInput);
            assert!(!format!("{problem:?}").contains("canary"));
        }
    }

    #[test]
    fn is_never_shown() {
        assert_eq!(format!("{:?}", Secret::parse(TOKEN).unwrap()), "Secret");
    }

    #[tokio::test]
    async fn without_a_key_store_it_is_in_a_private_file_until_forgotten() {
        let (_folder, shelf) = shelf();
        assert_eq!(shelf.load().await.unwrap(), None);
        let token = Secret::parse(TOKEN).unwrap();
        assert_eq!(shelf.store(&token, 1000).await.unwrap(), TokenStore::File);
        assert_eq!(shelf.load().await.unwrap(), Some(token));
        let note = shelf.note().unwrap();
        assert_eq!(note, TokenNote { store: TokenStore::File, stored: 1000 });
        assert_eq!(note.probable_end(), 1000 + LIFETIME);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(&shelf.file).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        shelf.forget().await.unwrap();
        assert_eq!(shelf.load().await.unwrap(), None);
        assert!(!shelf.file.exists() && !shelf.note.exists());
        shelf.forget().await.unwrap();
    }

    #[tokio::test]
    async fn a_damaged_file_is_a_problem_that_does_not_quote_it() {
        let (_folder, shelf) = shelf();
        shelf.store(&Secret::parse(TOKEN).unwrap(), 0).await.unwrap();
        std::fs::write(&shelf.file, "canary").unwrap();
        let problem = shelf.load().await.unwrap_err();
        assert_eq!(problem.code, ProblemCode::KeyStore);
        assert!(!format!("{problem:?}").contains("canary"));
        shelf.store(&Secret::parse(TOKEN).unwrap(), 0).await.unwrap();
        assert!(shelf.load().await.unwrap().is_some(), "pasted anew");
    }
}
