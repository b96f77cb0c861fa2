//! The rules of a session's life, as examples and as laws over random histories.

use proptest::prelude::*;

use super::*;

fn run(inputs: impl IntoIterator<Item = Input>) -> (State, Vec<Effect>) {
    inputs.into_iter().fold((State::Queued, vec![]), |(state, mut effects), input| {
        let (state, more) = state.on(input, 1_000);
        effects.extend(more);
        (state, effects)
    })
}

fn problem() -> Problem {
    Problem::new(ProblemCode::SetupFailed, "The script failed.")
}

fn exited(code: Option<i32>, signal: Option<i32>) -> Input {
    Input::Exited { code, signal, last_words: String::new(), left_behind: 0 }
}

fn started() -> Vec<Input> {
    vec![Input::Start, Input::WorktreeReady { setup: false }, Input::CliReady, Input::TurnStarted]
}

#[test]
fn prepares_then_runs() {
    let (state, effects) = run([
        Input::Start,
        Input::WorktreeReady { setup: true },
        Input::SetupEnded { problem: None },
        Input::CliReady,
        Input::TurnStarted,
    ]);
    assert_eq!(state, State::Running { turn: Turn::Working });
    assert_eq!(effects, [Effect::MakeWorktree, Effect::RunSetup, Effect::StartCli]);
}

#[test]
fn a_failed_setup_is_an_offer() {
    let failed = [
        Input::Start,
        Input::WorktreeReady { setup: true },
        Input::SetupEnded { problem: Some(problem()) },
    ];
    let with = |choice| run(failed.clone().into_iter().chain([Input::SetupChosen(choice)]));
    assert_eq!(with(SetupChoice::Retry).1.last(), Some(&Effect::RunSetup));
    assert_eq!(with(SetupChoice::GoOn).1.last(), Some(&Effect::StartCli));
    let (state, effects) = with(SetupChoice::Drop);
    assert!(matches!(state, State::Ended { outcome: Outcome::NotStarted { .. }, .. }));
    assert_eq!(effects.last(), Some(&Effect::Finish));
}

#[test]
fn asks_and_goes_on_when_all_are_answered() {
    let with = |inputs: Vec<Input>| run(started().into_iter().chain(inputs)).0;
    assert_eq!(with(vec![Input::Asks(2), Input::Asks(1)]), State::Running { turn: Turn::Asking });
    assert_eq!(with(vec![Input::Asks(1), Input::Asks(0)]), State::Running { turn: Turn::Working });
    assert_eq!(with(vec![Input::Asks(1), Input::TurnEnded]), State::Running { turn: Turn::Idle });
}

#[test]
fn climbs_the_whole_ladder_when_nothing_helps() {
    let deadlines = std::iter::repeat_n(Input::Deadline, 3);
    let (state, effects) =
        run(started().into_iter().chain([Input::Stop(StopReason::Person)]).chain(deadlines));
    assert!(matches!(state, State::Stopping { step: StopStep::Kill, deadline: 3_000, .. }));
    assert_eq!(
        effects[2..],
        [Effect::Interrupt, Effect::CloseInput, Effect::Terminate, Effect::Kill]
    );
}

#[test]
fn an_idle_session_is_not_interrupted_first() {
    let (_, effects) =
        run(started().into_iter().chain([Input::TurnEnded, Input::Stop(StopReason::Finished)]));
    assert_eq!(effects.last(), Some(&Effect::CloseInput));
}

#[test]
fn pressing_stop_again_climbs_at_once() {
    let stops = std::iter::repeat_n(Input::Stop(StopReason::Person), 4);
    let (_, effects) = run(started().into_iter().chain(stops));
    assert_eq!(effects.last(), Some(&Effect::Kill));
}

#[test]
fn tells_how_the_process_ended() {
    let end = |inputs: Vec<Input>| match run(started().into_iter().chain(inputs)).0 {
        State::Ended { outcome, .. } => outcome,
        other => panic!("not ended: {other:?}"),
    };
    assert_eq!(end(vec![exited(None, Some(9))]), Outcome::Killed { signal: Some(9) });
    assert_eq!(end(vec![exited(Some(143), None)]), Outcome::Killed { signal: Some(15) });
    assert!(matches!(end(vec![exited(Some(1), None)]), Outcome::Failed { .. }));
    assert_eq!(
        end(vec![Input::TurnEnded, Input::Stop(StopReason::Finished), exited(Some(0), None)]),
        Outcome::Finished
    );
    assert_eq!(
        end(vec![Input::Stop(StopReason::Person), exited(Some(143), None)]),
        Outcome::Stopped { reason: StopReason::Person }
    );
    let (never_ran, _) =
        run([Input::Start, Input::WorktreeReady { setup: false }, exited(Some(1), None)]);
    assert!(matches!(never_ran, State::Ended { outcome: Outcome::NotStarted { .. }, .. }));
}

fn input() -> impl Strategy<Value = Input> {
    prop_oneof![
        Just(Input::Start),
        any::<bool>().prop_map(|setup| Input::WorktreeReady { setup }),
        any::<bool>().prop_map(|failed| Input::SetupEnded { problem: failed.then(problem) }),
        prop::sample::select(vec![SetupChoice::Retry, SetupChoice::GoOn, SetupChoice::Drop])
            .prop_map(Input::SetupChosen),
        Just(Input::PrepareFailed(problem())),
        Just(Input::CliReady),
        Just(Input::TurnStarted),
        Just(Input::TurnEnded),
        (0_usize..3).prop_map(Input::Asks),
        Just(Input::Stop(StopReason::Person)),
        Just(Input::Kill(StopReason::Person)),
        Just(Input::Deadline),
        Just(exited(Some(0), None)),
    ]
}

#[test]
fn a_forced_end_skips_every_rung() {
    let working = State::Running { turn: Turn::Working };
    let (state, effects) = working.on(Input::Kill(StopReason::Limit), 5);
    assert_eq!(effects, [Effect::Kill]);
    let State::Stopping { reason: StopReason::Limit, step: StopStep::Kill, .. } = state else {
        panic!("{state:?}")
    };
    assert!(state.on(exited(None, Some(9)), 6).0.is_ended());
    let (state, effects) = State::Queued.on(Input::Kill(StopReason::Person), 5);
    assert!(state.is_ended() && effects == [Effect::Finish]);
}

proptest! {
    #[test]
    fn an_end_is_final_and_finishes_once(inputs in prop::collection::vec(input(), 0..40)) {
        let (state, effects) = run(inputs);
        let finishes = effects.iter().filter(|effect| **effect == Effect::Finish).count();
        prop_assert_eq!(finishes, usize::from(state.is_ended()));
        if state.is_ended() {
            prop_assert_eq!(effects.last(), Some(&Effect::Finish));
        }
    }

    #[test]
    fn stop_always_leads_to_the_end(inputs in prop::collection::vec(input(), 0..20)) {
        let (mut state, _) = run(inputs);
        state = state.on(Input::Stop(StopReason::Person), 0).0;
        let mut killed = matches!(state, State::Ended { .. });
        for _ in 0..4 {
            let (next, effects) = state.on(Input::Deadline, 0);
            killed |= effects.contains(&Effect::Kill);
            state = next;
        }
        prop_assert!(killed);
        prop_assert!(state.on(exited(None, Some(9)), 0).0.is_ended());
    }

    #[test]
    fn the_ladder_is_never_climbed_down(inputs in prop::collection::vec(input(), 0..40)) {
        let mut state = State::Queued;
        let mut highest = None;
        for input in inputs {
            state = state.on(input, 0).0;
            if let State::Stopping { step, .. } = &state {
                prop_assert!(highest <= Some(*step));
                highest = Some(*step);
            } else if !state.is_ended() {
                prop_assert_eq!(highest, None);
            }
        }
    }
}
