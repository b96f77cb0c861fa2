//! `cargo xtask test`: goes through the steps, stops at the first that fails, and says what ran.

mod steps;

use std::time::{Duration, Instant};

use crate::{
    counted,
    counts::Counts,
    error::{Error, Result},
    setup::{self, Purpose},
};
use steps::{Plan, Step};

/// How a step ended.
enum Ended {
    Passed(Counts),
    Failed(Counts, String),
    NotRun(String),
}

/// Sets up and runs all steps, or those named. Ok(false) when one failed; the last line printed is the count.
pub(crate) fn run(names: &[String]) -> Result<bool> {
    let began = Instant::now();
    println!("== set-up");
    setup::ensure(Purpose::Test)?;
    let steps = choose(steps::all(&setup::claude()?), names)?;
    println!("   done in {}", seconds(began.elapsed()));
    let report = go(steps)?;
    Ok(print(&report, began.elapsed()))
}

/// Carries out one after the other, up to and including the first that fails.
fn go(steps: Vec<Step>) -> Result<Vec<(&'static str, Ended, Duration)>> {
    let mut report = Vec::new();
    for step in steps {
        let began = Instant::now();
        let ended = carry_out(&step)?;
        let stop = matches!(ended, Ended::Failed(..));
        report.push((step.name, ended, began.elapsed()));
        if stop {
            break;
        }
    }
    Ok(report)
}

fn choose(steps: Vec<Step>, names: &[String]) -> Result<Vec<Step>> {
    let known: Vec<&str> = steps.iter().map(|step| step.name).collect();
    if let Some(unknown) = names.iter().find(|name| !known.contains(&name.as_str())) {
        let known = known.join(", ");
        return Err(Error::Usage(format!("There is no step `{unknown}`. The steps are: {known}.")));
    }
    let wanted = |step: &Step| names.is_empty() || names.iter().any(|name| name == step.name);
    Ok(steps.into_iter().filter(wanted).collect())
}

fn carry_out(step: &Step) -> Result<Ended> {
    println!("\n== {}: {}", step.name, step.why);
    let command = match &step.plan {
        Plan::Run(command) => command,
        Plan::NotRun(reason) => {
            println!("   not run: {reason}");
            return Ok(Ended::NotRun(reason.clone()));
        }
    };
    println!("   {command}");
    let (status, mut counts) = counted::run(command)?;
    // The runner's own verdict: a test that failed once and passed when tried again is told as flaky.
    if status.success() {
        counts.failed = 0;
        // A check that counts no tests is one itself.
        counts.passed = counts.passed.max(1);
        return Ok(Ended::Passed(counts));
    }
    counts.failed = counts.failed.max(1);
    Ok(Ended::Failed(counts, command.to_string()))
}

fn print(report: &[(&str, Ended, Duration)], took: Duration) -> bool {
    println!("\n== what ran, in {}", seconds(took));
    let mut sum = Counts::default();
    let mut repeat = None;
    for (name, ended, took) in report {
        let took = seconds(*took);
        match ended {
            Ended::Passed(counts) => {
                sum += *counts;
                println!("   passed   {name:<12} {:>5}  {took}", counts.passed);
            }
            Ended::Failed(counts, command) => {
                sum += *counts;
                repeat = Some((name, command));
                println!("   FAILED   {name:<12} {:>5}  {took}", counts.failed);
            }
            Ended::NotRun(reason) => println!("   not run  {name:<12} {reason}"),
        }
    }
    if let Some((name, command)) = repeat {
        println!("\nRepeat the step: cargo xtask test {name}\n    its command: {command}");
    }
    println!("{} passed, {} failed", sum.passed, sum.failed);
    sum.failed == 0
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::Cmd;

    fn step(name: &'static str, words: &str) -> Step {
        Step { name, why: "", plan: Plan::Run(Cmd::cargo(words)) }
    }

    #[test]
    fn it_stops_at_the_first_failure_and_names_the_command() {
        let skipped = Step { name: "skipped", why: "", plan: Plan::NotRun("no need".to_owned()) };
        let bad = step("bad", "--no-such-option");
        let report = go(vec![skipped, step("good", "--version"), bad, step("never", "--version")]);
        let report = report.unwrap();
        let names: Vec<&str> = report.iter().map(|(name, ..)| *name).collect();
        assert_eq!(names, ["skipped", "good", "bad"]);
        assert!(matches!(&report[1].1, Ended::Passed(Counts { passed: 1, failed: 0 })));
        assert!(
            matches!(&report[2].1, Ended::Failed(Counts { failed: 1, .. }, command) if command == "cargo --no-such-option")
        );
        assert!(!print(&report, Duration::ZERO) && print(&report[..2], Duration::ZERO));
    }

    #[test]
    fn only_known_steps_can_be_named() {
        let steps = || vec![step("one", "--version"), step("two", "--version")];
        assert_eq!(choose(steps(), &[]).unwrap().len(), 2);
        assert_eq!(choose(steps(), &["two".to_owned()]).unwrap()[0].name, "two");
        assert!(matches!(choose(steps(), &["three".to_owned()]), Err(Error::Usage(_))));
    }
}
