//! The process that waits for the next launch: there while a launch is expected, and all the time where the settings
//! have it so. It serves whichever repository is next. It is listed for as long as it lives, and a new one takes the
//! place of one that has grown old. Not here: what it is (`crate::client::Spare`).

use std::sync::Arc;

use tokio::sync::{Mutex, watch};
use tokio::time::Instant;

use super::Fleet;
use crate::client::Spare;
use crate::keeper::spare_age;

/// It, if there is one.
#[derive(Debug, Clone, Default)]
pub struct Expected {
    spare: Arc<Mutex<Option<Spare>>>,
    listed: watch::Sender<Option<u32>>,
}

impl Expected {
    /// Has one started, unless it is there. `lasting` says that nobody is about to launch yet.
    pub async fn expect(&self, fleet: &Fleet, lasting: bool) {
        let mut spare = self.spare.lock().await;
        if spare.is_none() {
            *spare = self.start(fleet, lasting);
            self.list(fleet, spare.as_ref()).await;
        }
    }

    /// Whatever it was started with is no longer so, or none is wanted any more.
    pub async fn forget(&self, fleet: &Fleet) {
        self.take(fleet).await;
    }

    /// It is needed now.
    pub async fn take(&self, fleet: &Fleet) -> Option<Spare> {
        let mut spare = self.spare.lock().await;
        self.list(fleet, None).await;
        spare.take()
    }

    /// It was not needed after all.
    pub async fn put_back(&self, fleet: &Fleet, one: Spare) {
        let mut spare = self.spare.lock().await;
        // It may have ended meanwhile, which nobody was told of.
        if spare.is_none() && one.lives() {
            *spare = Some(one);
        }
        self.list(fleet, spare.as_ref()).await;
    }

    /// The process id of its keeper, as the fleet was told.
    #[must_use]
    pub fn listed(&self) -> watch::Receiver<Option<u32>> {
        self.listed.subscribe()
    }

    /// Without one, a launch is slower and nothing else.
    fn start(&self, fleet: &Fleet, lasting: bool) -> Option<Spare> {
        let mut spare = Spare::start(fleet.home(), lasting)
            .inspect_err(|problem| tracing::debug!(%problem, "no spare process"))
            .ok()??;
        let (pid, begun, ended) = (spare.pid(), Instant::now(), spare.ended());
        let (this, fleet) = (self.clone(), fleet.clone());
        tokio::spawn(async move {
            ended.await;
            this.ended(&fleet, pid, begun, lasting).await;
        });
        Some(spare)
    }

    async fn ended(&self, fleet: &Fleet, pid: u32, begun: Instant, lasting: bool) {
        let mut spare = self.spare.lock().await;
        if spare.as_ref().map(Spare::pid) != Some(pid) {
            return;
        }
        // One that ends sooner cannot wait, or is in the way of others.
        let old = begun.elapsed() >= spare_age();
        *spare = if old { self.start(fleet, lasting) } else { None };
        self.list(fleet, spare.as_ref()).await;
    }

    async fn list(&self, fleet: &Fleet, spare: Option<&Spare>) {
        let pid = spare.map(Spare::pid);
        fleet.spare(pid).await;
        self.listed.send_replace(pid);
    }
}
