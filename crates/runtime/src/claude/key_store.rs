//! The system's key store: Keychain, Credential Manager, Secret Service. Each call has a thread of
//! its own and a time limit, since the last of these may be absent, or may hang.

use std::time::Duration;

use keyring::{Entry, Error};

use super::token::Secret;

/// How long the store may take. A locked one asks the person for a password first.
const LIMIT: Duration = Duration::from_secs(60);

/// The name under which Bosk's entries are listed.
const SERVICE: &str = "Bosk: Claude Code token";

/// Why the store did not do it. It never holds what was to be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum KeyStoreError {
    #[error("this system has no key store that answers")]
    Absent,
    #[error("the key store holds no token")]
    Empty,
    #[error("the key store is locked, or refused")]
    Refused,
    #[error("the key store did not answer in time")]
    Silent,
}

impl From<Error> for KeyStoreError {
    // Only the kind is kept: some of these errors carry the secret's bytes.
    fn from(error: Error) -> Self {
        match error {
            Error::NoEntry => Self::Empty,
            Error::NoDefaultStore => Self::Absent,
            _ => Self::Refused,
        }
    }
}

pub(super) async fn set(account: &str, token: &Secret) -> Result<(), KeyStoreError> {
    let token = token.clone();
    with_entry(account, move |entry| entry.set_password(token.reveal())).await
}

pub(super) async fn get(account: &str) -> Result<String, KeyStoreError> {
    with_entry(account, |entry| entry.get_password()).await
}

pub(super) async fn delete(account: &str) -> Result<(), KeyStoreError> {
    with_entry(account, |entry| entry.delete_credential()).await
}

async fn with_entry<T: Send + 'static>(
    account: &str,
    act: impl FnOnce(Entry) -> keyring::Result<T> + Send + 'static,
) -> Result<T, KeyStoreError> {
    if !is_likely() {
        return Err(KeyStoreError::Absent);
    }
    let account = account.to_owned();
    let (done, answer) = tokio::sync::oneshot::channel();
    // Not one of the runtime's threads: the runtime would wait for it when it ends.
    std::thread::Builder::new()
        .name("key-store".into())
        .spawn(move || {
            let result = Entry::new(SERVICE, &account).and_then(act);
            // Nobody may be waiting any more.
            let _ = done.send(result.map_err(KeyStoreError::from));
        })
        .map_err(|_| KeyStoreError::Refused)?;
    match tokio::time::timeout(LIMIT, answer).await {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => Err(KeyStoreError::Refused),
        Err(_) => Err(KeyStoreError::Silent),
    }
}

/// Whether there is a session bus at all, where the store is reached over one.
fn is_likely() -> bool {
    if cfg!(not(target_os = "linux")) {
        return true;
    }
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    set("DBUS_SESSION_BUS_ADDRESS").is_some()
        || set("XDG_RUNTIME_DIR")
            .is_some_and(|folder| std::path::Path::new(&folder).join("bus").exists())
}
