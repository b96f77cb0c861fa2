//! The `claude` command and the sign-in.

use std::sync::atomic::{AtomicBool, Ordering};

use bosk_core::ProblemCode;
use bosk_core::auth::AuthStatus;
use bosk_core::session::SessionSummary;
use bosk_core::view::{CliStatus, Event};
use bosk_runtime::client::{self, account};
use bosk_runtime::fleet::{Expected, Fleet};
use bosk_runtime::settings;
use tauri::{AppHandle, Manager as _, State, WebviewWindow};

use super::{Answer, internal};
use crate::store::Store;
use crate::{font, outside};

/// What is done once, when the first picture of any window stands.
#[derive(Default)]
pub(crate) struct Once {
    opened: AtomicBool,
    /// Bosk was started without a window, and what is told outside of it has begun already.
    outside: bool,
}

impl Once {
    pub(crate) fn new(outside: bool) -> Self {
        Self { outside, ..Self::default() }
    }
}

/// The window's first picture stands. Now come the sessions that are not in it; then Bosk looks for the
/// CLI and asks who is signed in. All of it is told as events, and none of it before, since it would take
/// its time from the window.
#[tauri::command]
pub(crate) async fn opened(
    app: AppHandle,
    window: WebviewWindow,
    fleet: State<'_, Fleet>,
    once: State<'_, Once>,
) -> Answer<()> {
    fleet.rest(window.label()).await;
    if once.opened.swap(true, Ordering::Relaxed) {
        return Ok(());
    }
    if !once.outside {
        outside::start(&app);
    }
    let finding = app.clone();
    app.run_on_main_thread(move || font::find_out(&finding.state::<Store>()))
        .map_err(|error| internal(&error))?;
    let cli = account::cli_status(fleet.home()).await;
    let ready = matches!(cli, CliStatus::Ready { .. });
    fleet.tell(Event::Cli { cli }).await;
    if ready {
        match account::auth(fleet.home()).await {
            Ok(auth) => {
                let signed_in = auth.logged_in;
                fleet.tell(Event::Auth { auth }).await;
                if signed_in && settings::peek(fleet.home()).keep_spare {
                    app.state::<Expected>().expect(&fleet, true).await;
                }
            }
            Err(problem) => fleet.tell(Event::Problem { problem }).await,
        }
    }
    Ok(())
}

async fn tell_auth(fleet: &Fleet) -> Answer<AuthStatus> {
    let auth = account::auth(fleet.home()).await?;
    fleet.tell(Event::Auth { auth: auth.clone() }).await;
    if auth.logged_in {
        tauri::async_runtime::spawn(go_on(fleet.clone()));
    }
    Ok(auth)
}

/// Sessions that waited for a sign-in go on now that there is one.
async fn go_on(fleet: Fleet) {
    let waited = |session: &SessionSummary| {
        let problem = session.problem.as_ref();
        // One that was stopped, or has ended long ago, is the person's to start again.
        !session.state.is_ended()
            && problem.is_some_and(|problem| problem.code == ProblemCode::SignedOut)
    };
    for session in fleet.sessions().await.unwrap_or_default() {
        if waited(&session)
            && let Err(problem) = client::again::again(fleet.home(), &session.id).await
        {
            fleet.tell(Event::Problem { problem }).await;
        }
    }
}

/// Keeps a token of `claude setup-token`. It goes nowhere else, and never back to the page.
#[tauri::command]
pub(crate) async fn store_token(
    fleet: State<'_, Fleet>,
    expected: State<'_, Expected>,
    token: String,
) -> Answer<AuthStatus> {
    account::store_token(fleet.home(), &token).await?;
    expected.forget(&fleet).await;
    tell_auth(&fleet).await
}

#[tauri::command]
pub(crate) async fn forget_token(
    fleet: State<'_, Fleet>,
    expected: State<'_, Expected>,
) -> Answer<AuthStatus> {
    account::forget_token(fleet.home()).await?;
    expected.forget(&fleet).await;
    tell_auth(&fleet).await
}

#[tauri::command]
pub(crate) async fn refresh_cli(fleet: State<'_, Fleet>) -> Answer<CliStatus> {
    let cli = account::cli_status(fleet.home()).await;
    fleet.tell(Event::Cli { cli: cli.clone() }).await;
    Ok(cli)
}

#[tauri::command]
pub(crate) async fn refresh_auth(fleet: State<'_, Fleet>) -> Answer<AuthStatus> {
    tell_auth(&fleet).await
}
