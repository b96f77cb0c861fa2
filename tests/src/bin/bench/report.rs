//! The figures of a benchmark: medians, their ratio, the aim, and every sample behind them.

use std::fmt;

use serde::Serialize;

/// One line of the table.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    /// What was measured.
    name: String,
    /// The median, with its unit.
    measured: String,
    /// The same of what it is measured against; absent where the aim is no ratio.
    baseline: Option<String>,
    /// The first through the second.
    ratio: Option<f64>,
    /// What is aimed at.
    aim: String,
    /// Whether that is reached; absent where nothing is aimed at.
    met: Option<bool>,
    /// What the samples are in.
    unit: &'static str,
    /// Every measurement, in order; of the baseline too, if there is one.
    samples: [Vec<f64>; 2],
    /// What else there is to know.
    note: String,
}

impl Row {
    /// A figure against its baseline, which is to be at most `most` times it.
    pub(crate) fn against(
        name: &str,
        unit: &'static str,
        measured: Vec<f64>,
        baseline: Vec<f64>,
        most: f64,
    ) -> Self {
        let (of, to) = (median(&measured), median(&baseline));
        let ratio = of / to;
        Self {
            name: name.to_owned(),
            measured: figure(of, unit),
            baseline: Some(figure(to, unit)),
            ratio: Some(ratio),
            aim: format!("≤ {most:.2}"),
            met: Some(ratio <= most),
            unit,
            samples: [measured, baseline],
            note: String::new(),
        }
    }

    /// A figure that is to be at most `most`.
    pub(crate) fn below(name: &str, unit: &'static str, measured: Vec<f64>, most: f64) -> Self {
        let of = median(&measured);
        Self {
            name: name.to_owned(),
            measured: figure(of, unit),
            baseline: None,
            ratio: None,
            aim: format!("< {most} {unit}"),
            met: Some(of < most),
            unit,
            samples: [measured, Vec::new()],
            note: String::new(),
        }
    }

    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, measured, aim, .. } = self;
        write!(f, "{name}: {measured}")?;
        if let (Some(baseline), Some(ratio)) = (&self.baseline, self.ratio) {
            write!(f, " against {baseline}: {ratio:.2}")?;
        }
        write!(f, " (aim {aim}")?;
        match self.met {
            Some(true) => write!(f, ": met)")?,
            Some(false) => write!(f, ": MISSED)")?,
            None => write!(f, ")")?,
        }
        for (whose, samples) in ["", "baseline "].iter().zip(&self.samples) {
            if let [_, _, ..] = samples.as_slice() {
                let (low, high) = (quantile(samples, 0.0), quantile(samples, 1.0));
                let (n, unit) = (samples.len(), self.unit);
                write!(f, "; {whose}{} to {} of {n}", figure(low, unit), figure(high, unit))?;
            }
        }
        if !self.note.is_empty() {
            write!(f, "; {}", self.note)?;
        }
        Ok(())
    }
}

/// The middle of the samples.
pub(crate) fn median(samples: &[f64]) -> f64 {
    quantile(samples, 0.5)
}

/// The sample below which `part` of all are.
pub(crate) fn quantile(samples: &[f64], part: f64) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().checked_sub(1).expect("a sample");
    #[expect(clippy::cast_precision_loss, clippy::cast_sign_loss, clippy::cast_possible_truncation)]
    let at = (part * last as f64).round() as usize;
    sorted[at]
}

fn figure(value: f64, unit: &str) -> String {
    let digits = if value < 10.0 { 2 } else { usize::from(value < 100.0) };
    format!("{value:.digits$} {unit}")
}
