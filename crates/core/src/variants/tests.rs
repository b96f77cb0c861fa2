use super::*;
use proptest::prelude::*;

fn spec() -> LaunchSpec {
    serde_json::from_str(r#"{"repository":"/r","prompt":"Fix it"}"#).unwrap()
}

fn kind(
    model: Option<&str>,
    effort: Option<Effort>,
    told: Option<&str>,
    count: u32,
) -> VariantKind {
    let own = |text: Option<&str>| text.map(str::to_owned);
    VariantKind { model: own(model), effort, instructions: own(told), count }
}

fn labels(kinds: Vec<VariantKind>) -> Vec<String> {
    let specs = Variants { spec: spec(), kinds }.specs("g").unwrap();
    specs.into_iter().map(|spec| spec.variant.unwrap().label).collect()
}

#[test]
fn a_label_tells_what_differs_and_nothing_else() {
    let opus = kind(Some("opus"), Some(Effort::High), None, 2);
    let sonnet = kind(Some("sonnet"), Some(Effort::High), None, 1);
    assert_eq!(labels(vec![opus.clone(), sonnet]), ["opus · 1", "opus · 2", "sonnet"]);
    assert_eq!(labels(vec![opus.clone()]), ["1", "2"]);
    let low = kind(Some("opus"), Some(Effort::Low), Some("Write\ntests first"), 1);
    assert_eq!(
        labels(vec![kind(Some("opus"), None, None, 1), low]),
        ["default · default", "low · Write tests first"]
    );
}

#[test]
fn each_is_the_same_but_for_what_it_tries() {
    let mut spec = spec();
    (spec.branch, spec.append_system_prompt) = (Some("fix".into()), Some("Be brief.".into()));
    spec.model = Some("opus".into());
    let kinds = vec![
        kind(None, None, Some("Tests first."), 1),
        kind(Some("haiku"), Some(Effort::Max), None, 1),
    ];
    let specs = Variants { spec: spec.clone(), kinds }.specs("g").unwrap();
    let branches: Vec<_> = specs.iter().map(|one| one.branch.clone().unwrap()).collect();
    assert_eq!(branches, ["fix-1", "fix-2"]);
    assert_eq!(specs[0].append_system_prompt.as_deref(), Some("Be brief.\n\nTests first."));
    assert_eq!(specs[0].model.as_deref(), Some("opus"));
    assert_eq!((specs[1].model.as_deref(), specs[1].effort), (Some("haiku"), Some(Effort::Max)));
    assert_eq!(specs[1].append_system_prompt, spec.append_system_prompt);
    let numbers: Vec<_> = specs.iter().map(|one| one.variant.clone().unwrap()).collect();
    assert_eq!((numbers[0].number, numbers[1].number), (1, 2));
    assert!(numbers.iter().all(|one| one.group == "g"));
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let refused = |spec: LaunchSpec, counts: &[u32]| {
        let kinds = counts.iter().map(|count| kind(None, None, None, *count)).collect();
        Variants { spec, kinds }.specs("g").is_err()
    };
    assert!(refused(spec(), &[1]) && refused(spec(), &[]) && refused(spec(), &[9, 8]));
    assert!(refused(spec(), &[u32::MAX, u32::MAX]));
    assert!(!refused(spec(), &[8, 8]));
    assert!(refused(LaunchSpec { worktree: false, ..spec() }, &[2]));
    assert!(refused(LaunchSpec { folder: Some("/w".into()), ..spec() }, &[2]));
    assert!(refused(LaunchSpec { existing: true, ..spec() }, &[2]));
}

fn row(verdict: Option<Verdict>, cost_usd: f64, worked: u64) -> VariantRow {
    VariantRow { done: true, verdict, cost_usd, worked }
}

#[test]
fn what_passed_is_first_then_what_is_cheap_then_what_is_fast() {
    let failed = || Some(Verdict::Failed { code: Some(1) });
    let rows = [
        row(failed(), 0.1, 1),
        row(Some(Verdict::Passed), 3.0, 1),
        row(None, 0.0, 1),
        row(Some(Verdict::Passed), 2.0, 9),
        row(Some(Verdict::Passed), 2.0, 8),
        row(Some(Verdict::Checking), 0.0, 0),
        VariantRow { done: false, ..row(Some(Verdict::Passed), 0.0, 0) },
    ];
    let places = [Some(5), Some(3), Some(4), Some(2), Some(1), None, None];
    assert_eq!(rank(&rows), places);
}

fn any_row() -> impl Strategy<Value = VariantRow> {
    let verdicts = vec![
        None,
        Some(Verdict::Passed),
        Some(Verdict::Checking),
        Some(Verdict::Failed { code: None }),
    ];
    (any::<bool>(), prop::sample::select(verdicts), 0..4_u8, 0..4_u64).prop_map(
        |(done, verdict, cost, worked)| VariantRow {
            done,
            verdict,
            cost_usd: f64::from(cost),
            worked,
        },
    )
}

proptest! {
    #[test]
    fn a_place_does_not_depend_on_where_one_stands(rows in prop::collection::vec(any_row(), 0..9)) {
        let places = rank(&rows);
        let turned: Vec<_> = rows.iter().rev().cloned().collect();
        let mut again = rank(&turned);
        again.reverse();
        prop_assert_eq!(&places, &again);
        let some: Vec<u32> = places.iter().flatten().copied().collect();
        prop_assert!(some.is_empty() || some.contains(&1), "somebody is first");
        for (row, place) in rows.iter().zip(&places) {
            let over = row.done && row.verdict != Some(Verdict::Checking);
            prop_assert_eq!(place.is_some(), over);
        }
    }
}
