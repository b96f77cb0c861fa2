//! The process that waits for the next launch: there while a launch is expected, and all the time where the settings
//! have it so. It serves whichever repository is next. Not here: what it is (`bosk_runtime::client::Spare`).

use bosk_runtime::client::Spare;
use bosk_runtime::fleet::Fleet;
use tokio::sync::Mutex;

/// It, if there is one.
#[derive(Default)]
pub(crate) struct Expected(Mutex<Option<Spare>>);

impl Expected {
    /// Has one started, unless it is there. `lasting` says that nobody is about to launch yet.
    pub(crate) async fn expect(&self, fleet: &Fleet, lasting: bool) {
        let mut spare = self.0.lock().await;
        if spare.is_none() {
            // Without one, a launch is slower and nothing else.
            *spare = Spare::start(fleet.home(), lasting).unwrap_or_else(|problem| {
                tracing::debug!(%problem, "no spare process");
                None
            });
            fleet.spare(spare.as_ref().map(Spare::pid)).await;
        }
    }

    /// Whatever it was started with is no longer so, or none is wanted any more.
    pub(crate) async fn forget(&self, fleet: &Fleet) {
        self.take(fleet).await;
    }

    /// It is needed now.
    pub(crate) async fn take(&self, fleet: &Fleet) -> Option<Spare> {
        let spare = self.0.lock().await.take();
        fleet.spare(None).await;
        spare
    }

    /// It was not needed after all.
    pub(crate) async fn put_back(&self, fleet: &Fleet, spare: Spare) {
        let mut expected = self.0.lock().await;
        let kept = expected.get_or_insert(spare);
        fleet.spare(Some(kept.pid())).await;
    }
}
