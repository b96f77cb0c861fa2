//! What a watched session asks: put to the person where one is there, else said with how to answer.

use std::sync::Arc;

use bosk_core::session::{Ask, PrepareStep, State};
use bosk_core::wire::Call;
use bosk_runtime::client::Connection;

use super::Live;
use crate::ask::{self, Interview, Next, describe};
use crate::clean::one_line;
use crate::failure::Failure;
use crate::screen::{self, AMBER, paint};

impl Live<'_> {
    fn can_ask(&self) -> bool {
        self.watching.steers && !self.watching.json && screen::is_interactive()
    }

    pub(super) fn is_asking(&self) -> bool {
        self.interview.is_some() || self.choosing_setup
    }

    pub(super) fn offer(&mut self, ask: Ask) -> Result<(), Failure> {
        if self.is_asking() || self.asked.contains(&ask.request_id) {
            return Ok(());
        }
        self.asked.insert(ask.request_id.clone());
        if self.can_ask() {
            let (interview, text) = Interview::begin(ask, &self.printer.folder);
            self.interview = Some(interview);
            return self.say(&text);
        }
        let text = describe::ask(&ask, &self.printer.folder)
            + &describe::details(&ask)
            + &describe::how_to_answer(&ask, self.id.short());
        self.say(&text)
    }

    pub(super) fn offer_setup(&mut self, state: &State) -> Result<(), Failure> {
        let State::Preparing { step: PrepareStep::SetupFailed { problem } } = state else {
            (self.choosing_setup, self.setup_told) = (false, false);
            return Ok(());
        };
        if std::mem::replace(&mut self.setup_told, true) {
            return Ok(());
        }
        if self.can_ask() {
            self.choosing_setup = true;
            return self.say(&ask::about_setup(&problem.message));
        }
        let id = self.id.short();
        self.say(&format!(
            "\n{} {}\n  Choose with `bosk setup {id} retry`, `bosk setup {id} go-on` or `bosk setup {id} drop`.\n",
            paint(AMBER, "◆"),
            one_line(&problem.message, 2000)
        ))
    }

    pub(super) async fn typed_line(
        &mut self,
        line: Option<String>,
        keeper: Option<&Arc<Connection>>,
    ) -> Result<(), Failure> {
        let Some(line) = line else {
            let id = self.id.short();
            (self.interview, self.choosing_setup) = (None, false);
            return self.say(&format!(
                "\nNothing more can be typed here. `bosk show {id}` says what waits.\n"
            ));
        };
        let call = if let Some(interview) = &mut self.interview {
            match interview.line(&line) {
                Next::Say(text) => return self.say(&text),
                Next::Answer(answer) => {
                    let request_id = interview.ask.request_id.clone();
                    self.interview = None;
                    Call::Answer { request_id, answer }
                }
            }
        } else {
            let Some(choice) = ask::setup_choice(&line) else {
                return self.say("Type r, g or d: ");
            };
            self.choosing_setup = false;
            Call::Setup { choice }
        };
        self.call(keeper, call).await?;
        // Another may have come meanwhile.
        let next = self.status.as_ref().and_then(|status| {
            status.asks.iter().find(|ask| !self.asked.contains(&ask.request_id)).cloned()
        });
        next.map_or(Ok(()), |ask| self.offer(ask))
    }
}
