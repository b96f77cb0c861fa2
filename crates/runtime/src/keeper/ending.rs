//! The end of the CLI, and of the session: what it left behind is ended and named, and the end is written down. Not here:
//! the ladder that leads there (the state machine).

use bosk_core::claude::args::Conversation;
use bosk_core::claude::message::{says_unknown_conversation, says_unknown_point};
use bosk_core::journal::Note;
use bosk_core::session::{Input, PrepareStep, State};

use super::actor::{Actor, KILL_LIMIT};
use super::publish::RETRY_DISK;

impl Actor {
    /// The CLI has died: whatever it left behind goes too, and is named.
    pub(super) fn died(&mut self) {
        self.break_off_check();
        self.end_beside(None);
        self.look_what_was_ended();
        if let Some(running) = &self.running {
            let killed = running.tree().kill(KILL_LIMIT);
            self.left_behind.extend(killed.ended.into_iter().map(|(_, name)| name));
            if !killed.left.is_empty() {
                let names: Vec<String> = killed.left.into_iter().map(|(_, name)| name).collect();
                let text = format!("These processes could not be ended: {}.", names.join(", "));
                self.note(&Note::Warning { text });
            }
        }
    }

    /// The CLI is gone and everything that it said is read.
    pub(super) fn gone(&mut self, status: std::process::ExitStatus) {
        self.end_of_output();
        self.running = None;
        self.tasks.clear();
        self.tally.set_background(0);
        #[cfg(unix)]
        let signal = std::os::unix::process::ExitStatusExt::signal(&status);
        #[cfg(not(unix))]
        let signal = None;
        let last_words = self.output.take_last_words();
        let starting = State::Preparing { step: PrepareStep::Starting };
        if self.state == starting && self.claim_until.take().is_some() {
            return self.start_cli();
        }
        // The CLI writes a message down long before it acknowledges it, which waits for the service's
        // first answer. One that died in between had begun the conversation (CLI 2.1.330, measured).
        let known = last_words.contains("already in use");
        if self.state == starting && !self.conversation && !self.begun_anew && known {
            self.conversation = true;
            self.start_cli();
            return;
        }
        let goes_on = self.conversation() != Conversation::New;
        if self.state == starting && goes_on && says_unknown_conversation(&last_words) {
            return self.begin_anew();
        }
        if self.state == starting && goes_on && says_unknown_point(&last_words) {
            return self.input(Input::PrepareFailed(self.point_unknown()));
        }
        let left_behind = u32::try_from(self.left_behind.len()).unwrap_or(u32::MAX);
        self.input(Input::Exited { code: status.code(), signal, last_words, left_behind });
    }

    /// Writes the end down, durably if that can be had, and lets the connections go.
    pub(super) async fn finish(mut self) {
        // A worktree that is being made is waited for: half of one would be nobody's.
        if self.preparing
            && let Some((Ok(prepared), _)) = self.prepared.1.recv().await
        {
            self.take_place(prepared);
        }
        super::spare::end(self.spare.take());
        self.end_beside(None);
        if let State::Ended { outcome, .. } = &self.state {
            let left_behind = std::mem::take(&mut self.left_behind);
            self.note(&Note::Ended { outcome: outcome.clone(), left_behind });
        }
        self.asks.clear();
        let state = self.state.clone();
        self.note(&Note::State { state });
        while self.write_end().is_err() {
            tokio::time::sleep(RETRY_DISK).await;
        }
        self.publish();
    }

    fn write_end(&mut self) -> std::io::Result<()> {
        self.publish();
        self.journal.sync()
    }
}
