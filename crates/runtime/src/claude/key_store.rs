//! The system's key store: Keychain, Credential Manager, Secret Service. Each call has a thread of
//! its own and time limits, since the last of these may be absent, or may hang.

use std::time::Duration;

use keyring::{Entry, Error};

use super::token::Secret;

/// How long it may take to reach the store.
const REACH_LIMIT: Duration = Duration::from_secs(3);

/// How long the store may take to answer. A locked one asks the person for a password first.
const ANSWER_LIMIT: Duration = Duration::from_secs(60);

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
    reach().await?;
    let account = account.to_owned();
    on_a_thread(ANSWER_LIMIT, move || Ok(Entry::new(SERVICE, &account).and_then(act)?)).await
}

/// Connects to the store, if that has not been done yet.
async fn reach() -> Result<(), KeyStoreError> {
    let connect = || match Entry::store_status() {
        Ok(()) => Ok(()),
        Err(_) => Err(KeyStoreError::Absent),
    };
    on_a_thread(REACH_LIMIT, connect).await
}

async fn on_a_thread<T: Send + 'static>(
    limit: Duration,
    act: impl FnOnce() -> Result<T, KeyStoreError> + Send + 'static,
) -> Result<T, KeyStoreError> {
    let (done, answer) = tokio::sync::oneshot::channel();
    // Not one of the runtime's threads: the runtime would wait for it when it ends.
    let thread = std::thread::Builder::new().name("key-store".into());
    // Nobody may be waiting any more when it is done.
    thread.spawn(move || drop(done.send(act()))).map_err(|_| KeyStoreError::Refused)?;
    match tokio::time::timeout(limit, answer).await {
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

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    /// The bus is named by the environment, so the question is asked by this test program once
    /// more, with a bus that takes the connection and says nothing.
    #[tokio::test]
    async fn a_bus_that_never_answers_is_given_up() {
        const NAME: &str = "claude::key_store::tests::a_bus_that_never_answers_is_given_up";
        const ASKED: &str = "KEY_STORE_TEST_ASKED";
        if std::env::var_os(ASKED).is_some() {
            let token = Secret::parse("sk-ant-oat01-made-up-for-a-test").unwrap();
            assert_eq!(set("account", &token).await, Err(KeyStoreError::Silent));
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("bus");
        let _silent = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        let mut asking = std::process::Command::new(std::env::current_exe().unwrap());
        asking.args(["--exact", NAME]).env(ASKED, "1");
        asking.env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", socket.display()));
        let begun = std::time::Instant::now();
        let said = asking.output().unwrap();
        let words = String::from_utf8_lossy(&said.stdout);
        assert!(said.status.success() && words.contains("1 passed"), "{words}");
        assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
    }
}
