//! The few words that the shell itself says, in the languages that Bosk speaks: tray and notifications.
//! Not here: the page's, which has a catalogue of its own.

use bosk_core::attention::{Counts, Kind, Message};
use bosk_core::settings::{Language, Settings};

/// The language that the person has chosen, or the system's.
pub(crate) fn language(settings: &Settings) -> Language {
    settings.language.unwrap_or_else(|| {
        let names = ["LC_ALL", "LC_MESSAGES", "LANG"];
        let named = names
            .into_iter()
            .find_map(|name| std::env::var(name).ok().filter(|text| !text.is_empty()));
        if named.is_some_and(|named| named.starts_with("ko")) { Language::Ko } else { Language::En }
    })
}

/// Everything that is said without a figure in it.
pub(crate) struct Words {
    pub(crate) open: &'static str,
    pub(crate) allow: &'static str,
    pub(crate) deny: &'static str,
    pub(crate) show: &'static str,
    pub(crate) launch: &'static str,
    pub(crate) pause_all: &'static str,
    pub(crate) go_on_all: &'static str,
    pub(crate) monitor: &'static str,
    pub(crate) strip: &'static str,
    pub(crate) quit: &'static str,
    pub(crate) idle: &'static str,
    pub(crate) in_tray: &'static str,
    pub(crate) in_tray_more: &'static str,
}

const EN: Words = Words {
    open: "Open",
    allow: "Allow",
    deny: "Deny",
    show: "Show Bosk",
    launch: "New session…",
    pause_all: "Pause all",
    go_on_all: "Let all go on",
    monitor: "Monitor",
    strip: "Small status window",
    quit: "Quit…",
    idle: "Nothing is running",
    in_tray: "Bosk goes on in the tray",
    in_tray_more: "Sessions run on. Click its icon to bring the window back.",
};

const KO: Words = Words {
    open: "열기",
    allow: "허용",
    deny: "거부",
    show: "Bosk 보기",
    launch: "새 세션…",
    pause_all: "모두 일시 정지",
    go_on_all: "모두 계속",
    monitor: "모니터",
    strip: "작은 상태 창",
    quit: "종료…",
    idle: "실행 중인 세션이 없습니다",
    in_tray: "Bosk가 트레이에서 계속 실행됩니다",
    in_tray_more: "세션은 계속됩니다. 아이콘을 누르면 창이 다시 열립니다.",
};

pub(crate) const fn of(language: Language) -> &'static Words {
    match language {
        Language::En => &EN,
        Language::Ko => &KO,
    }
}

/// The fleet in a line.
pub(crate) fn counts(language: Language, counts: Counts) -> String {
    let all = [
        (counts.failed, "failed", "실패"),
        (counts.needs_you, "need you", "응답 필요"),
        (counts.running, "running", "실행 중"),
        (counts.paused, "paused", "일시 정지"),
        (counts.queued, "queued", "대기"),
    ];
    let told: Vec<String> = all
        .into_iter()
        .filter(|(number, ..)| *number > 0)
        .map(|(number, en, ko)| match language {
            Language::En => format!("{number} {en}"),
            Language::Ko => format!("{ko} {number}"),
        })
        .collect();
    if told.is_empty() { of(language).idle.to_owned() } else { told.join(" · ") }
}

/// A notification's title and text.
pub(crate) fn message(language: Language, message: &Message) -> (String, String) {
    let number = message.notices.len();
    let titles = message.notices.iter().map(|one| one.title.as_str()).collect::<Vec<_>>();
    let text = shortened(&titles.join("\n"));
    let en = |one: &str, many: &str| match number {
        1 => one.to_owned(),
        _ => many.replace('#', &number.to_string()),
    };
    let title = match (language, message.kind) {
        (Language::En, Kind::NeedsYou) => en("A session needs you", "# sessions need you"),
        (Language::En, Kind::Done) => en("Turn done", "# turns done"),
        (Language::En, Kind::Failed) => en("A session failed", "# sessions failed"),
        (Language::En, Kind::Limit) => {
            en("Close to or at a limit", "# sessions close to or at a limit")
        }
        (Language::En, Kind::UsageLimit) => "The account’s usage limit is reached".to_owned(),
        (Language::En, Kind::UsageReset) => "The account’s usage limit starts anew".to_owned(),
        (Language::Ko, Kind::NeedsYou) => format!("응답이 필요한 세션 {number}개"),
        (Language::Ko, Kind::Done) => format!("끝난 작업 {number}개"),
        (Language::Ko, Kind::Failed) => format!("실패한 세션 {number}개"),
        (Language::Ko, Kind::Limit) => format!("한도에 가깝거나 닿은 세션 {number}개"),
        (Language::Ko, Kind::UsageLimit) => "계정의 사용 한도에 닿았습니다".to_owned(),
        (Language::Ko, Kind::UsageReset) => "계정의 사용 한도가 다시 시작됩니다".to_owned(),
    };
    (title, text)
}

/// Words of others, for a place that shows a few lines.
pub(crate) fn shortened(text: &str) -> String {
    const MOST: usize = 200;
    let plain: String =
        text.chars().map(|one| if one.is_control() && one != '\n' { ' ' } else { one }).collect();
    if plain.chars().count() <= MOST {
        return plain;
    }
    plain.chars().take(MOST - 1).chain(['…']).collect()
}

/// How long something has gone on.
pub(crate) fn span(language: Language, seconds: i64) -> String {
    let minutes = seconds / 60;
    match (language, minutes) {
        (Language::En, 0) => "less than 1 min".to_owned(),
        (Language::En, 1..60) => format!("{minutes} min"),
        (Language::En, _) => format!("{} h {} min", minutes / 60, minutes % 60),
        (Language::Ko, 0) => "1분 미만".to_owned(),
        (Language::Ko, 1..60) => format!("{minutes}분"),
        (Language::Ko, _) => format!("{}시간 {}분", minutes / 60, minutes % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fleet_is_told_in_both_languages_and_nothing_is_too() {
        let some = Counts { needs_you: 2, running: 5, ..Counts::default() };
        assert_eq!(counts(Language::En, some), "2 need you · 5 running");
        assert_eq!(counts(Language::Ko, some), "응답 필요 2 · 실행 중 5");
        assert_eq!(counts(Language::En, Counts::default()), "Nothing is running");
        assert_eq!(span(Language::En, 3900), "1 h 5 min");
        assert_eq!(shortened(&"x\u{7}".repeat(300)).chars().count(), 200);
    }
}
