//! `bosk answer` and `bosk setup`: deciding about what waits, where nobody can be asked in place.

use bosk_core::journal::SetupChoice;
use bosk_core::launch::PermissionMode;
use bosk_core::session::{Answer, Ask, AskKind};
use bosk_core::wire::Call;
use bosk_core::{Problem, ProblemCode};
use bosk_runtime::catalog;
use bosk_runtime::home::Home;
use serde_json::{Map, Value};

use super::{keeper, permission_modes, wrong_state};
use crate::ask::answer_to;
use crate::failure::{Exit, Failure};
use crate::screen::note;

/// What is decided.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The session's id; its beginning will do
    id: String,
    /// Which request, as `bosk show --json` names it [default: the oldest]
    #[arg(long, global = true)]
    request: Option<String>,
    #[command(subcommand)]
    decision: Decision,
}

#[derive(Debug, clap::Subcommand)]
enum Decision {
    /// Allow a tool, or approve a plan
    Allow {
        /// Also keep the rule with this number, of those that `bosk show` lists; may be repeated
        #[arg(long, value_name = "NUMBER")]
        rule: Vec<u32>,
        /// What the tool gets instead of what it asked for, as JSON
        #[arg(long, value_name = "JSON", value_parser = object)]
        input: Option<Map<String, Value>>,
        /// The mode to go on in after a plan
        #[arg(long, value_parser = permission_modes())]
        mode: Option<PermissionMode>,
    },
    /// Deny a tool, a question or a plan
    Deny {
        /// Why; Claude reads it
        #[arg(long, default_value = "")]
        message: String,
        /// End the turn as well
        #[arg(long)]
        interrupt: bool,
    },
    /// Answer questions, in their order: a choice's number or label, or words of your own
    Answers {
        /// One for each question
        #[arg(required = true)]
        answers: Vec<String>,
    },
}

/// What to do about a failed set-up script.
#[derive(Debug, clap::Args)]
pub(crate) struct Setup {
    /// The session's id; its beginning will do
    id: String,
    #[command(subcommand)]
    choice: Choice,
}

#[derive(Debug, clap::Subcommand)]
enum Choice {
    /// Run the script again
    Retry,
    /// Start Claude all the same
    GoOn,
    /// End the session; its worktree stays
    Drop,
}

/// Answers.
pub(crate) async fn run(home: &Home, arguments: Arguments) -> Result<Exit, Failure> {
    let id = catalog::find(home, &arguments.id)?;
    let keeper = keeper(home, &id).await?;
    let asks = keeper.status().await?.asks;
    let wanted = |ask: &&Ask| arguments.request.as_ref().is_none_or(|id| ask.request_id == *id);
    let Some(ask) = asks.iter().find(wanted) else {
        let problem =
            Problem::new(ProblemCode::RequestGone, "Nothing of that session waits for an answer.");
        return Err(problem.hint("`bosk show` says what it is doing.").into());
    };
    let answer = answer(ask, arguments.decision)?;
    keeper.call(Call::Answer { request_id: ask.request_id.clone(), answer }).await?;
    note("Answered.");
    Ok(Exit::Done)
}

fn object(text: &str) -> serde_json::Result<Map<String, Value>> {
    serde_json::from_str(text)
}

fn answer(ask: &Ask, decision: Decision) -> Result<Answer, Problem> {
    match (decision, &ask.ask) {
        (Decision::Deny { message, interrupt }, _) => Ok(Answer::Deny { message, interrupt }),
        (Decision::Allow { rule, input, mode: None }, AskKind::Permission { suggestions, .. }) => {
            let position = |number: u32| {
                let position =
                    number.checked_sub(1).filter(|at| (*at as usize) < suggestions.len());
                position.ok_or_else(|| wrong_state(format!("There is no rule {number} to keep.")))
            };
            let suggestions: Result<Vec<u32>, Problem> = rule.into_iter().map(position).collect();
            let input = input.map(|input| Box::new(Value::Object(input)));
            Ok(Answer::Allow { suggestions: suggestions?, input })
        }
        (Decision::Allow { rule, input: None, mode }, AskKind::Plan { .. }) if rule.is_empty() => {
            Ok(Answer::ApprovePlan { mode })
        }
        (Decision::Answers { answers }, AskKind::Question { questions })
            if answers.len() == questions.len() =>
        {
            let pairs = questions.iter().zip(answers).map(|(question, typed)| {
                let answer = answer_to(question, &typed).unwrap_or_default();
                (question.question.clone(), answer)
            });
            Ok(Answer::Answers { answers: pairs.collect() })
        }
        (_, AskKind::Question { questions }) => Err(wrong_state(format!(
            "Claude asks {} question(s), so that is no answer.",
            questions.len()
        ))
        .hint("Give `answers` with one answer for each question, or `deny`.")),
        (_, AskKind::Plan { .. }) => {
            Err(wrong_state("A plan waits, so that is no answer.").hint("Give `allow` or `deny`."))
        }
        (_, AskKind::Permission { .. }) => {
            Err(wrong_state("A permission waits, so that is no answer.")
                .hint("Give `allow` or `deny`."))
        }
    }
}

/// Chooses.
pub(crate) async fn setup(home: &Home, arguments: Setup) -> Result<Exit, Failure> {
    let id = catalog::find(home, &arguments.id)?;
    let choice = match arguments.choice {
        Choice::Retry => SetupChoice::Retry,
        Choice::GoOn => SetupChoice::GoOn,
        Choice::Drop => SetupChoice::Drop,
    };
    keeper(home, &id).await?.call(Call::Setup { choice }).await?;
    Ok(Exit::Done)
}
