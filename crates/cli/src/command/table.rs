//! A table that fits the terminal: columns line up by width on the screen, and the flexible ones
//! give way, the widest first.

use unicode_width::UnicodeWidthStr as _;

use crate::clean::cut;

/// Columns between two columns.
const GAP: usize = 2;

/// How narrow a flexible column may become.
const NARROWEST: usize = 8;

/// A column.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    pub(super) title: &'static str,
    pub(super) flexible: bool,
    pub(super) right: bool,
}

/// The lines of a table, its titles first; no limit where `limit` is none. Each cell's text is plain;
/// `paint` gets row, column and the text that is left of it, without padding.
pub(super) fn lines(
    columns: &[Column],
    rows: &[Vec<String>],
    limit: Option<usize>,
    paint: impl Fn(Option<usize>, usize, &str) -> String,
) -> Vec<String> {
    let widest = |at: usize| {
        let cells = rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.width());
        cells.chain([columns[at].title.width()]).max().unwrap_or(0)
    };
    let mut widths: Vec<usize> = (0..columns.len()).map(widest).collect();
    if let Some(limit) = limit {
        shrink(columns, &mut widths, limit);
    }
    let line = |row: Option<usize>, cells: &[&str]| {
        let mut out = String::new();
        for (at, (column, width)) in columns.iter().zip(&widths).enumerate() {
            let text = cut(cells.get(at).copied().unwrap_or_default(), *width);
            let padding = " ".repeat(width - text.width());
            let painted = paint(row, at, &text);
            out.push_str(&if column.right { padding + &painted } else { painted + &padding });
            out.push_str(&" ".repeat(GAP));
        }
        out.trim_end().to_owned()
    };
    let titles: Vec<&str> = columns.iter().map(|column| column.title).collect();
    let mut out = vec![line(None, &titles)];
    for (at, row) in rows.iter().enumerate() {
        let cells: Vec<&str> = row.iter().map(String::as_str).collect();
        out.push(line(Some(at), &cells));
    }
    out
}

fn shrink(columns: &[Column], widths: &mut [usize], limit: usize) {
    let between = GAP * columns.len().saturating_sub(1);
    while widths.iter().sum::<usize>() + between > limit {
        let flexible = widths.iter_mut().zip(columns).filter(|(_, column)| column.flexible);
        let widest = flexible.map(|(width, _)| width).max();
        match widest {
            Some(width) if *width > NARROWEST => *width -= 1,
            _ => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_give_way() {
        let column = |title, flexible, right| Column { title, flexible, right };
        let columns =
            [column("id", false, false), column("title", true, false), column("cost", false, true)];
        let row = |id: &str, title: &str, cost: &str| vec![id.into(), title.into(), cost.into()];
        let rows = [
            row("b1d42286", "한국어로 된 긴 제목입니다", "$1.00"),
            row("0a", "A title that is much too long", "$12.00"),
        ];
        let plain = |_: Option<usize>, _: usize, text: &str| text.to_owned();
        let out = lines(&columns, &rows, Some(30), plain);
        assert!(out.iter().all(|line| line.width() == 30), "{out:#?}");
        assert!(
            out[1].starts_with("b1d42286  한국어로") && out[1].ends_with("…   $1.00"),
            "{out:#?}"
        );
        let whole = lines(&columns, &rows, None, plain);
        assert!(whole[2].contains("much too long"));
    }
}
