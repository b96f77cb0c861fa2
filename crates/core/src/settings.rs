//! The settings that matter: written atomically, and never silently replaced by defaults.
//! Not here: window places and last choices, which may be lost (the shell's store keeps them).

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::limits::Limits;
use crate::worktree::expiry::Keep;
use crate::{Problem, ProblemCode};

/// What a person has set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(export)]
pub struct Settings {
    /// Where worktrees go; `<BOSK_HOME>/worktrees` when absent.
    pub worktrees: Option<String>,
    /// The `claude` command; looked for when absent.
    pub claude: Option<String>,
    /// The program that files and folders are opened in to be edited; looked for when absent.
    pub editor: Option<String>,
    /// Whether sessions may use `ANTHROPIC_API_KEY` of the environment, and so be billed by use.
    pub api_billing: bool,
    /// The window's language; the system's when absent.
    pub language: Option<Language>,
    /// The window's colours; the system's when absent.
    pub theme: Option<Theme>,
    /// What new sessions may use.
    pub limits: Limits,
    /// How many sessions the queue lets work at the same time; by the machine's cores and memory when absent.
    pub parallel: Option<u32>,
    /// The same in one repository; not limited when absent.
    pub parallel_in_repository: Option<u32>,
    /// Whether the queue waits when the account's usage limit is reached, until it starts anew.
    pub wait_for_usage_limit: bool,
    /// Most that all sessions together may cost a day, in US dollars; not limited when absent.
    pub max_usd_a_day: Option<f64>,
    /// How long a session's process stays after a turn, for the next one: minutes; as long as it likes when absent.
    pub idle_minutes: Option<u32>,
    /// Whether a process waits for the next launch, where there is memory for one.
    pub keep_spare: bool,
    /// After how long without any sign of life a turn is shown as stalled: minutes.
    pub stall_minutes: u32,
    /// Of what the person is told outside the window.
    pub notifications: Notifications,
    /// What quitting does with sessions that run; asked each time when absent.
    pub quit: Option<Quit>,
    /// Whether Bosk starts when the person signs in to the machine.
    pub autostart: bool,
    /// The keys that raise the launcher from anywhere, such as `CmdOrCtrl+Shift+B`; none when absent.
    pub shortcut: Option<String>,
    /// Whether sessions are paused while the machine runs on its battery.
    pub pause_on_battery: bool,
    /// Whether sessions are paused while the machine has no memory to spare.
    pub pause_when_busy: bool,
    /// How long the folder of a worktree that was put away stays in the trash: days; for ever when absent.
    pub keep_archives_days: Option<u32>,
    /// How long snapshots stay that nothing needs any more: days; for ever when absent.
    pub keep_snapshots_days: Option<u32>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            worktrees: None,
            claude: None,
            editor: None,
            api_billing: false,
            language: None,
            theme: None,
            limits: Limits::default(),
            parallel: None,
            parallel_in_repository: None,
            wait_for_usage_limit: true,
            max_usd_a_day: None,
            idle_minutes: Some(60),
            keep_spare: true,
            stall_minutes: 10,
            notifications: Notifications::default(),
            quit: None,
            autostart: false,
            shortcut: None,
            pause_on_battery: false,
            pause_when_busy: false,
            keep_archives_days: Some(30),
            keep_snapshots_days: Some(90),
        }
    }
}

impl Settings {
    /// How long what was put away is kept.
    #[must_use]
    pub const fn keep(&self) -> Keep {
        Keep { archives_days: self.keep_archives_days, snapshots_days: self.keep_snapshots_days }
    }

    /// Whether they can be kept.
    ///
    /// # Errors
    /// A limit would do harm, or an amount is none.
    pub fn check(&self) -> Result<(), Problem> {
        if self.max_usd_a_day.is_some_and(|usd| !usd.is_finite() || usd <= 0.0) {
            let text = "What a day may cost must be more than 0, so nothing was changed.";
            let hint = "Give an amount in US dollars, such as 20, or none.";
            return Err(Problem::new(ProblemCode::InvalidInput, text).hint(hint));
        }
        self.limits.check()
    }
}

/// Of what the person is told outside the window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(export)]
pub struct Notifications {
    /// A session waits for an answer.
    pub needs_you: bool,
    /// A turn is done.
    pub done: bool,
    /// A turn or a session has failed.
    pub failed: bool,
    /// A limit is near or was reached.
    pub limit: bool,
    /// The account's usage limit is reached, or starts anew.
    pub usage: bool,
    /// Whether they make a sound.
    pub sound: bool,
    /// When there are none.
    pub quiet: Option<QuietHours>,
}

impl Default for Notifications {
    fn default() -> Self {
        Self {
            needs_you: true,
            done: true,
            failed: true,
            limit: true,
            usage: true,
            sound: false,
            quiet: None,
        }
    }
}

/// Hours without notifications, every day; they may go over midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct QuietHours {
    /// From then on: minutes since midnight, local time.
    pub from: u16,
    /// Until then.
    pub to: u16,
}

/// What quitting does with sessions that run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Quit {
    /// They go on without the window.
    LeaveRunning,
    /// They are stopped.
    Stop,
}

/// Languages that Bosk speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum Language {
    /// English.
    En,
    /// Korean.
    Ko,
}

/// Colours of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
#[expect(missing_docs, reason = "the words say it")]
pub enum Theme {
    Light,
    Dark,
}
