//! Text that others wrote, made safe for a terminal: no escape sequence of it takes effect, and
//! nothing of it is reordered or hidden. Not here: Bosk's own colours.

/// For reading: colours are dropped, ends of lines are made one kind, and every other control
/// character becomes visible.
pub(crate) fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        if let Some(length) = colour(rest) {
            rest = &rest[length..];
            continue;
        }
        rest = &rest[letter.len_utf8()..];
        match letter {
            '\r' if rest.starts_with('\n') => {}
            // A line that is drawn over and over: each state on a line of its own.
            '\r' => out.push('\n'),
            '\n' | '\t' => out.push(letter),
            _ => out.push(visible(letter)),
        }
    }
    out
}

/// For deciding: nothing is dropped, so whoever allows a command sees all of it.
pub(crate) fn exposed(text: &str) -> String {
    let keep = |letter| if matches!(letter, '\n' | '\t') { letter } else { visible(letter) };
    text.chars().map(keep).collect()
}

/// The same on one line, cut at `width` columns.
pub(crate) fn one_line(text: &str, width: usize) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    cut(&exposed(&words.join(" ")), width)
}

/// Cuts at `width` columns; an ellipsis stands for the rest.
pub(crate) fn cut(text: &str, width: usize) -> String {
    use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};
    if text.width() <= width {
        return text.to_owned();
    }
    let mut used = 1;
    let fits = |letter: &char| {
        used += letter.width().unwrap_or(0);
        used <= width
    };
    let mut out: String = text.chars().take_while(fits).collect();
    if width > 0 {
        out.push('…');
    }
    out
}

/// The length of the colour sequence that `text` begins with (`ESC [ … m`, ECMA-48 SGR).
fn colour(text: &str) -> Option<usize> {
    let parameters = text.strip_prefix("\u{1b}[")?;
    let end = parameters.find(|letter: char| !matches!(letter, '0'..='9' | ';' | ':'))?;
    parameters[end..].starts_with('m').then_some(2 + end + 1)
}

/// A control character as its picture; what reorders or hides text as a replacement character.
fn visible(letter: char) -> char {
    match letter {
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(letter)).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        '\u{80}'..='\u{9f}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2028}'
        | '\u{2029}'
        | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        other => other,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn no_sequence_takes_effect() {
        let hostile =
            "\u{1b}]0;title\u{7}\u{1b}[2J\u{1b}[31mred\u{1b}[0m\u{9b}1A\u{202e}txt.exe\u{7f}\u{1b}";
        for text in [clean(hostile), exposed(hostile), one_line(hostile, 500)] {
            assert!(!text.chars().any(|letter| letter.is_control()), "{text:?}");
            assert!(!text.contains('\u{202e}'), "{text:?}");
        }
        assert_eq!(clean("\u{1b}[1;38:5:9mred\u{1b}[m\r\nnext"), "red\nnext");
        assert_eq!(clean("10 %\r20 %"), "10 %\n20 %");
        assert_eq!(exposed("rm \u{1b}[8m-rf /\u{1b}[0m\r"), "rm ␛[8m-rf /␛[0m␍");
    }

    #[test]
    fn cutting_counts_columns() {
        assert_eq!(cut("abcdef", 6), "abcdef");
        assert_eq!(cut("abcdef", 5), "abcd…");
        assert_eq!(cut("한국어 제목", 6), "한국…");
        assert_eq!(one_line("a\n  b\tc", 10), "a b c");
        assert_eq!(cut("abc", 0), "");
    }
}
