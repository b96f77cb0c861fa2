//! One prompt for several attempts: what each of them is launched with, and which of them did best. Pure: who
//! launches, compares and puts away is the runtime's.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::git::Changes;
use crate::launch::{Effort, LaunchSpec, Variant};
use crate::session::{Check, Glance, SessionSummary, Verdict};
use crate::{Problem, ProblemCode, SessionId};

/// Most attempts at once: each is a session and a worktree of its own.
pub const MOST: u32 = 16;

/// Most characters of added instructions that stand in a label.
const LABEL: usize = 40;

/// What is to be tried in several ways.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Variants {
    /// What all of them have in common.
    pub spec: LaunchSpec,
    /// How they differ.
    pub kinds: Vec<VariantKind>,
}

/// One way to try it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct VariantKind {
    /// The model; as they all have it when absent.
    #[serde(default)]
    pub model: Option<String>,
    /// How hard it thinks; as they all have it when absent.
    #[serde(default)]
    pub effort: Option<Effort>,
    /// What is added to the system prompt.
    #[serde(default)]
    pub instructions: Option<String>,
    /// How often it is tried.
    pub count: u32,
}

/// Attempts that were launched together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct VariantGroup {
    /// What they have in common.
    pub group: String,
    /// The sessions that they become, by their numbers.
    pub sessions: Vec<SessionId>,
}

/// One attempt beside the others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct VariantView {
    /// Its session, which may still wait in the queue.
    pub id: SessionId,
    /// Which of them it is.
    pub variant: Variant,
    /// Where it is.
    pub glance: Glance,
    /// What it has changed; none where it has no folder yet, or none any more.
    pub changes: Option<ChangeCounts>,
    /// What the check said.
    pub check: Option<Check>,
    /// What it has cost, in US dollars.
    pub cost_usd: f64,
    /// How long its turns took together: milliseconds.
    #[ts(type = "number")]
    pub worked: u64,
    /// Its place, from 1; none while it is not over, and where it has failed.
    pub rank: Option<u32>,
}

/// How much differs from the base.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ChangeCounts {
    /// Files.
    pub files: u32,
    /// Lines added.
    pub added: u32,
    /// Lines removed.
    pub removed: u32,
}

impl From<&Changes> for ChangeCounts {
    fn from(changes: &Changes) -> Self {
        Self { files: changes.total, added: changes.added, removed: changes.removed }
    }
}

/// What came of choosing one attempt.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Chosen {
    /// Those that were put away.
    pub archived: Vec<Archived>,
    /// Those that were left as they are, and why.
    pub left: Vec<LeftAlone>,
}

/// An attempt that was put away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Archived {
    /// Its session, which is in the trash.
    pub id: SessionId,
    /// The commit that holds its folder as it was; none for one that had not begun.
    pub snapshot: Option<String>,
}

/// An attempt that was left as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct LeftAlone {
    /// Its session.
    pub id: SessionId,
    /// Why.
    pub problem: Problem,
}

impl Variants {
    /// What is launched, in order; `group` is a name that no others have.
    ///
    /// # Errors
    /// There are too few or too many, or they would work in the same folder.
    pub fn specs(self, group: &str) -> Result<Vec<LaunchSpec>, Problem> {
        let Self { spec, kinds } = self;
        let count = kinds.iter().fold(0_u32, |count, kind| count.saturating_add(kind.count));
        if !(2..=MOST).contains(&count) {
            let text = format!("Between 2 and {MOST} variants can be compared, not {count}.");
            return Err(Problem::new(ProblemCode::InvalidInput, text));
        }
        if !spec.makes_worktree() || spec.existing {
            let text =
                "Variants that work in one folder, or on one branch, would write over each other.";
            return Err(
                Problem::new(ProblemCode::InvalidInput, text).hint("Give each its own worktree.")
            );
        }
        let labels: Vec<String> = kinds.iter().map(|kind| label(kind, &spec, &kinds)).collect();
        let each = kinds
            .iter()
            .zip(&labels)
            .flat_map(|(kind, label)| (0..kind.count).map(move |_| (kind, label)));
        let each: Vec<_> = each.collect();
        let specs = (1_u32..).zip(&each).map(|(number, (kind, label))| {
            let same = |others: &[(&VariantKind, &String)]| {
                others.iter().filter(|(_, other)| other == label).count()
            };
            let at = usize::try_from(number).map_or(each.len(), |number| number);
            let mut spec = with(kind, spec.clone());
            // A name that the person gave can be had once.
            spec.branch = spec.branch.map(|branch| format!("{branch}-{number}"));
            let label = match (label.as_str(), same(&each)) {
                ("", _) => format!("{number}"),
                (label, 1) => label.to_owned(),
                (label, _) => format!("{label} · {}", same(&each[..at])),
            };
            spec.variant = Some(Variant { group: group.to_owned(), number, label });
            spec
        });
        Ok(specs.collect())
    }
}

fn with(kind: &VariantKind, mut spec: LaunchSpec) -> LaunchSpec {
    spec.model = kind.model.clone().or(spec.model);
    spec.effort = kind.effort.or(spec.effort);
    if let Some(more) = kind.instructions.as_deref().filter(|more| !more.trim().is_empty()) {
        spec.append_system_prompt = Some(match spec.append_system_prompt {
            Some(text) => format!("{text}\n\n{more}"),
            None => more.to_owned(),
        });
    }
    spec
}

/// What sets a kind apart from the others; nothing where all are alike.
fn label(kind: &VariantKind, spec: &LaunchSpec, kinds: &[VariantKind]) -> String {
    let model = |kind: &VariantKind| kind.model.clone().or_else(|| spec.model.clone());
    let effort = |kind: &VariantKind| kind.effort.or(spec.effort);
    let told =
        |kind: &VariantKind| kind.instructions.clone().filter(|text| !text.trim().is_empty());
    let usual = || "default".to_owned();
    let mut parts = Vec::new();
    if kinds.iter().any(|other| model(other) != model(kind)) {
        parts.push(model(kind).unwrap_or_else(usual));
    }
    if kinds.iter().any(|other| effort(other) != effort(kind)) {
        parts.push(effort(kind).map_or_else(usual, |effort| effort.as_str().to_owned()));
    }
    if kinds.iter().any(|other| told(other) != told(kind)) {
        let words = told(kind).unwrap_or_else(usual);
        let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
        let short: String = line.chars().take(LABEL).collect();
        parts.push(if short == line { line } else { short + "…" });
    }
    parts.join(" · ")
}

/// What the ranking goes by.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct VariantRow {
    /// Whether its work is done: it neither runs nor waits, nor has it failed.
    pub done: bool,
    /// What its check said, if it has one.
    pub verdict: Option<Verdict>,
    /// What it has cost, in US dollars.
    pub cost_usd: f64,
    /// How long its turns took together: milliseconds.
    pub worked: u64,
}

impl From<&SessionSummary> for VariantRow {
    fn from(session: &SessionSummary) -> Self {
        // A failed check is a result like another; a failed turn is none.
        let checked = session.glance == Glance::Failed
            && session.problem.is_none()
            && session.has_failed_check();
        Self {
            done: session.glance == Glance::Done || checked,
            verdict: session.check.as_ref().map(|check| check.verdict.clone()),
            cost_usd: session.cost_usd,
            worked: session.worked,
        }
    }
}

/// The place of each, from 1: what passed its check stands before what has none, and that before what failed it;
/// then the cheaper, then the faster. What is not done has no place, and what is alike shares one.
#[must_use]
pub fn rank(rows: &[VariantRow]) -> Vec<Option<u32>> {
    let verdict = |row: &VariantRow| match row.verdict {
        Some(Verdict::Passed) => 0,
        None | Some(Verdict::Checking) => 1,
        Some(Verdict::Failed { .. }) => 2,
    };
    let is_better = |one: &VariantRow, other: &VariantRow| {
        let by_cost = || one.cost_usd.total_cmp(&other.cost_usd);
        let order = verdict(one).cmp(&verdict(other)).then_with(by_cost);
        order.then_with(|| one.worked.cmp(&other.worked)).is_lt()
    };
    let done = |row: &&VariantRow| row.done && row.verdict != Some(Verdict::Checking);
    let place = |row: &VariantRow| {
        let better = rows.iter().filter(done).filter(|other| is_better(other, row)).count();
        u32::try_from(better).unwrap_or(u32::MAX).saturating_add(1)
    };
    rows.iter().map(|row| Some(row).filter(done).map(place)).collect()
}

#[cfg(test)]
mod tests;
