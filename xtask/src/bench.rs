//! `cargo xtask bench`: builds for release, runs the benchmarks, prints a table and keeps the figures.

use std::fs;

use serde_json::Value;

use crate::{
    build,
    command::Cmd,
    error::{Error, Result, at},
    layout, screen,
    setup::{self, Purpose},
};

/// Arguments go to the benchmark program, which answers on stdout with one JSON object:
/// `{"results": [{"name", "measured", "baseline", "ratio", "aim", "met"}]}`, and talks on stderr meanwhile.
pub(crate) fn run(args: &[String]) -> Result {
    setup::ensure(Purpose::Test)?;
    let claude = setup::claude()?;
    build::page().run()?;
    build::both("release")
        .words("--bin bench --bin bosk-test-client --example empty-window")
        .run()?;
    let bench = Cmd::new(layout::built("release", "bench")).args(args);
    let bench = build::with_programs(bench, &build::programs("release"), &claude);
    let screen = screen::open()?;
    let text = screen.on(bench).captured()?;
    let figures: Value = serde_json::from_str(&text).map_err(|source| Error::Unexpected {
        what: format!("The benchmarks' answer is not JSON: {source}"),
        hint: "They must print their figures on stdout and everything else on stderr.".to_owned(),
    })?;
    let folder = layout::artifacts();
    fs::create_dir_all(&folder).map_err(at(&folder))?;
    let file = folder.join("bench.json");
    fs::write(&file, format!("{figures:#}\n")).map_err(at(&file))?;
    print!("{}", table(&figures));
    println!("Kept in artifacts/bench.json");
    Ok(())
}

fn table(figures: &Value) -> String {
    let heads = ["name", "measured", "baseline", "ratio", "aim", "met"];
    let results = figures["results"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut rows = vec![heads.map(str::to_owned)];
    rows.extend(results.iter().map(|result| heads.map(|head| cell(&result[head]))));
    let width =
        |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..heads.len()).map(width).collect();
    let line = |row: &[String; 6]| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned() + "\n"
    };
    rows.iter().map(line).collect()
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Bool(met) => if *met { "yes" } else { "NO" }.to_owned(),
        Value::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() => format!("{float:.2}"),
            _ => number.to_string(),
        },
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_line_up_and_a_missed_aim_stands_out() {
        let figures = serde_json::json!({ "results": [
            { "name": "launch", "measured": "812 ms", "baseline": "780 ms", "ratio": 1.0412, "aim": "≤ 1.10", "met": true },
            { "name": "journal, CPU", "measured": 3, "baseline": null, "ratio": 3.5, "aim": "≤ 3", "met": false },
        ]});
        let table = table(&figures);
        assert!(
            table.contains("\nlaunch        812 ms    780 ms    1.04   ≤ 1.10  yes\n"),
            "{table}"
        );
        assert!(
            table.contains("\njournal, CPU  3                   3.50   ≤ 3     NO\n"),
            "{table}"
        );
    }
}
