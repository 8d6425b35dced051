//! The table and the JSON file.

use crate::measure::{Measured, geometric_mean, median};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::io::Write;
use std::path::PathBuf;

/// What a number of a line means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Unit {
    /// Less is better.
    Seconds,
    /// Less is better.
    Bytes,
    /// How many times as much. Disturbance may lift or lower it, so the median stands for it.
    Times,
}

impl Unit {
    /// What stands for all rounds: what is seen when nothing else disturbs.
    pub(crate) fn best(self, values: &[f64]) -> f64 {
        match self {
            Unit::Seconds | Unit::Bytes => values.iter().copied().fold(f64::NAN, f64::min),
            Unit::Times => median(values),
        }
    }

    /// In four significant digits or less.
    fn show(self, value: f64) -> String {
        let scale: &[(f64, &str)] = match self {
            Unit::Seconds => &[(1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")],
            Unit::Bytes => &[(1048576.0, "MiB"), (1024.0, "KiB")],
            Unit::Times => &[(1.0, "×")],
        };
        let (factor, name) =
            scale.iter().find(|(f, _)| value >= *f).or(scale.last()).unwrap_or(&(1.0, ""));
        let value = value / factor;
        let digits = if value >= 100.0 {
            0
        } else if value >= 10.0 {
            1
        } else {
            2
        };
        format!("{value:.digits$} {name}")
    }
}

/// What a line has to reach.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Goal {
    /// Nothing in particular.
    None,
    /// At most this ratio to the peer.
    Ratio(f64),
    /// At most this ratio to another subject.
    RatioTo(&'static str, f64),
    /// At least this value, whatever wasmtime does.
    AtLeast(f64),
    /// At most this value, whatever wasmtime does.
    AtMost(f64),
}

/// What one line of the table shows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Metric {
    /// Follows the name of the benchmark.
    pub(crate) suffix: &'static str,
    pub(crate) unit: Unit,
    pub(crate) goal: Goal,
}

/// The subjects of a table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Columns {
    /// What could be reached, or what is given up.
    pub(crate) base: &'static str,
    /// What we are compared with, too.
    pub(crate) other: Option<&'static str>,
    /// What our ratio is to.
    pub(crate) peer: &'static str,
    /// Our own column.
    pub(crate) ours: &'static str,
}

/// Of most tables.
pub(crate) const RUNTIMES: Columns =
    Columns { base: "native", other: None, peer: "wasmtime", ours: "wasmer" };

struct Row {
    name: String,
    metric: Metric,
    columns: Columns,
    subjects: Vec<(&'static str, Vec<f64>)>,
}

impl Row {
    fn rounds(&self, subject: &str) -> Option<&[f64]> {
        self.subjects.iter().find(|(name, _)| *name == subject).map(|(_, rounds)| rounds.as_slice())
    }

    fn best(&self, subject: &str) -> Option<f64> {
        self.rounds(subject).map(|rounds| self.metric.unit.best(rounds))
    }

    /// Best over best.
    fn ratio(&self, of: &str, to: &str) -> Option<f64> {
        Some(self.best(of)? / self.best(to)?)
    }

    fn median_ratio(&self) -> Option<f64> {
        Some(median(self.rounds(self.columns.ours)?) / median(self.rounds(self.columns.peer)?))
    }

    /// Ours to the peer's.
    fn peer_ratio(&self) -> Option<f64> {
        self.ratio(self.columns.ours, self.columns.peer)
    }

    fn verdict(&self) -> String {
        let Columns { peer, ours, .. } = self.columns;
        verdict(self.metric.goal, peer, &|to| self.ratio(ours, to), self.best(ours))
    }

    fn cells(&self) -> Vec<String> {
        let subjects = self.columns.subjects().map(|subject| {
            let value = subject.and_then(|s| self.best(s));
            value.map_or(String::new(), |v| self.metric.unit.show(v))
        });
        let ratios = self.columns.ratios(&|of, to| self.ratio(of, to), self.median_ratio());
        line(&self.name, subjects, ratios.map(number), self.verdict())
    }
}

/// How many subjects a table can have.
const SUBJECTS: usize = 4;

/// How many ratios between them.
const RATIOS: usize = 6;

/// How many columns there are: besides those, the name and the goal.
const WIDTH: usize = 2 + SUBJECTS + RATIOS;

impl Columns {
    fn subjects(self) -> [Option<&'static str>; SUBJECTS] {
        [Some(self.base), self.other, Some(self.peer), Some(self.ours)]
    }

    /// The ratios of a line, in the order of their columns.
    fn ratios(
        self,
        ratio: &dyn Fn(&str, &str) -> Option<f64>,
        median: Option<f64>,
    ) -> [Option<f64>; RATIOS] {
        let Columns { base, other, peer, ours } = self;
        let to_other = |of| other.and_then(|other| ratio(of, other));
        let to_base = |of| ratio(of, base);
        [ratio(ours, peer), median, to_base(ours), to_other(ours), to_base(peer), to_other(peer)]
    }

    fn headings(self, suite: &str) -> Vec<String> {
        let Columns { base, other, peer, .. } = self;
        let other = other.unwrap_or_default();
        let ratios = [
            "ratio".to_owned(),
            "(median)".to_owned(),
            format!("/{base}"),
            format!("/{other}"),
            format!("{peer}/{base}"),
            format!("{peer}/{other}"),
        ];
        let subjects = self.subjects().map(|s| s.unwrap_or_default().to_owned());
        line(&format!("[{suite}]"), subjects, ratios, "goal".to_owned())
    }
}

fn line(
    name: &str,
    subjects: [String; SUBJECTS],
    ratios: [String; RATIOS],
    goal: String,
) -> Vec<String> {
    [name.to_owned()].into_iter().chain(subjects).chain(ratios).chain([goal]).collect()
}

fn number(value: Option<f64>) -> String {
    value.map_or(String::new(), |v| format!("{v:.3}"))
}

/// The goal, and whether it is reached: by the ratio to a subject, or by the value.
fn verdict(
    goal: Goal,
    peer: &str,
    ratio_to: &dyn Fn(&str) -> Option<f64>,
    value: Option<f64>,
) -> String {
    let (text, reached) = match goal {
        Goal::None => return String::new(),
        Goal::Ratio(most) => (format!("≤ {most}"), ratio_to(peer).map(|r| r <= most)),
        Goal::RatioTo(to, most) => (format!("/{to} ≤ {most}"), ratio_to(to).map(|r| r <= most)),
        Goal::AtLeast(least) => (format!("≥ {least}"), value.map(|v| v >= least)),
        Goal::AtMost(most) => (format!("≤ {most}"), value.map(|v| v <= most)),
    };
    match reached {
        None => text,
        Some(true) => text + " ✓",
        Some(false) => text + " ✗",
    }
}

/// Collects and prints what was measured.
pub(crate) struct Report {
    json_file: Option<PathBuf>,
    json: Vec<Value>,
    suite: &'static str,
    columns: Columns,
    rows: Vec<Row>,
}

impl Report {
    /// # Errors
    /// When the JSON file cannot be written: found out before an hour of measuring.
    pub(crate) fn new(json_file: Option<PathBuf>) -> Result<Report> {
        let report =
            Report { json_file, json: Vec::new(), suite: "", columns: RUNTIMES, rows: Vec::new() };
        report.write_json()?;
        Ok(report)
    }

    /// Starts a group of lines; the rows of the one before are printed by [`Report::end_suite`].
    pub(crate) fn begin_suite(&mut self, suite: &'static str) {
        self.begin_suite_of(suite, RUNTIMES);
    }

    /// The same for other subjects.
    pub(crate) fn begin_suite_of(&mut self, suite: &'static str, columns: Columns) {
        self.suite = suite;
        self.columns = columns;
    }

    /// Adds the lines of one benchmark, one for each metric.
    pub(crate) fn add(
        &mut self,
        name: &str,
        metrics: &[Metric],
        measured: &[Measured],
    ) -> Result<()> {
        for (index, metric) in metrics.iter().enumerate() {
            let subjects: Vec<_> = measured
                .iter()
                .filter_map(|m| Some((m.name, m.rounds.get(index)?.clone())))
                .collect();
            let name = format!("{name}{}", metric.suffix);
            let row = Row { name, metric: *metric, columns: self.columns, subjects };
            let rounds: serde_json::Map<_, _> = row
                .subjects
                .iter()
                .map(|(name, rounds)| ((*name).to_owned(), json!(rounds)))
                .collect();
            self.json.push(json!({
                "suite": self.suite, "name": row.name, "unit": format!("{:?}", metric.unit),
                "goal": verdict(metric.goal, "", &|_| None, None), "rounds": rounds,
                "ratio": row.peer_ratio(), "median_ratio": row.median_ratio(),
            }));
            note(&format!("{}/{}", self.suite, row.cells().join("  ")))?;
            self.rows.push(row);
        }
        self.write_json()
    }

    /// Prints the table of the suite. With `goals`, also the geometric means, which have to reach them.
    pub(crate) fn end_suite(&mut self, goals: &[Goal]) -> Result<()> {
        let rows = std::mem::take(&mut self.rows);
        if rows.is_empty() {
            return Ok(());
        }
        let Columns { peer, ours, .. } = self.columns;
        let mut lines = vec![self.columns.headings(self.suite)];
        lines.extend(rows.iter().map(Row::cells));
        if !goals.is_empty() {
            let mean_of = |ratio: &dyn Fn(&Row) -> Option<f64>| {
                let ratios: Vec<f64> = rows.iter().filter_map(ratio).collect();
                (!ratios.is_empty()).then(|| geometric_mean(&ratios))
            };
            let mean = |of: &str, to: &str| mean_of(&|row| row.ratio(of, to));
            let reached: Vec<String> =
                goals.iter().map(|goal| verdict(*goal, peer, &|to| mean(ours, to), None)).collect();
            let ratios = self.columns.ratios(&mean, mean_of(&Row::median_ratio));
            self.json
                .push(json!({ "suite": self.suite, "name": "geometric mean", "ratio": ratios[0] }));
            let subjects = [const { String::new() }; SUBJECTS];
            lines.push(line("geometric mean", subjects, ratios.map(number), reached.join(", ")));
        }
        print_table(&lines)
    }

    /// Writes what is left to write.
    pub(crate) fn finish(self) -> Result<()> {
        self.write_json()
    }

    fn write_json(&self) -> Result<()> {
        let Some(path) = &self.json_file else { return Ok(()) };
        let mut text = serde_json::to_string_pretty(&json!({ "lines": self.json }))?;
        text.push('\n');
        std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
    }
}

/// Left-aligned names, right-aligned numbers; columns without content are left out.
fn print_table(lines: &[Vec<String>]) -> Result<()> {
    let width = |column: usize| lines.iter().map(|l| l[column].chars().count()).max().unwrap_or(0);
    let used: Vec<usize> =
        (0..WIDTH).filter(|c| lines[1..].iter().any(|l| !l[*c].is_empty())).collect();
    let mut text = String::from("\n");
    for line in lines {
        for &column in &used {
            let fill = " ".repeat(width(column) - line[column].chars().count());
            match column {
                0 => text += &format!("{}{fill}", line[0]),
                _ => text += &format!("  {fill}{}", line[column]),
            }
        }
        text.truncate(text.trim_end_matches(' ').len());
        text.push('\n');
    }
    say(&text)
}

/// A line on standard output.
pub(crate) fn say(line: &str) -> Result<()> {
    Ok(writeln!(std::io::stdout().lock(), "{}", line.trim_end_matches('\n'))?)
}

/// A line of progress on standard error.
pub(crate) fn note(line: &str) -> Result<()> {
    Ok(writeln!(std::io::stderr().lock(), "{line}")?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units() {
        assert_eq!(Unit::Seconds.show(0.0125), "12.5 ms");
        assert_eq!(Unit::Seconds.show(3.1e-9), "3.10 ns");
        assert_eq!(Unit::Seconds.show(3.1e-10), "0.31 ns");
        assert_eq!(Unit::Bytes.show(23.0 * 1048576.0), "23.0 MiB");
        assert_eq!(Unit::Times.best(&[1.5, 1.9, 1.7]), 1.7);
        assert_eq!(Unit::Seconds.best(&[1.5, 1.9, 1.7]), 1.5);
    }

    #[test]
    fn verdicts() {
        let of = |goal, value| {
            let ratio_to = |to: &str| match to {
                "peer" => Some(0.7),
                "base" => Some(1.4),
                _ => None,
            };
            verdict(goal, "peer", &ratio_to, value)
        };
        assert_eq!(of(Goal::None, Some(1.0)), "");
        assert_eq!(of(Goal::Ratio(0.7), None), "≤ 0.7 ✓");
        assert_eq!(of(Goal::Ratio(0.69), None), "≤ 0.69 ✗");
        assert_eq!(of(Goal::RatioTo("base", 1.4), None), "/base ≤ 1.4 ✓");
        assert_eq!(of(Goal::RatioTo("base", 1.39), None), "/base ≤ 1.39 ✗");
        assert_eq!(of(Goal::RatioTo("none", 1.0), None), "/none ≤ 1");
        assert_eq!(of(Goal::AtLeast(1.7), Some(1.8)), "≥ 1.7 ✓");
        assert_eq!(of(Goal::AtMost(1.3), Some(1.31)), "≤ 1.3 ✗");
        assert_eq!(of(Goal::AtMost(1.3), None), "≤ 1.3");
    }

    #[test]
    fn ratio_is_of_the_best_rounds() {
        let metric = Metric { suffix: "", unit: Unit::Seconds, goal: Goal::Ratio(1.0) };
        let Columns { base, peer, ours, .. } = RUNTIMES;
        let subjects = vec![(peer, vec![2.0, 4.0, 6.0]), (ours, vec![1.0, 8.0, 2.0])];
        let row = Row { name: "x".into(), metric, columns: RUNTIMES, subjects };
        assert_eq!(row.peer_ratio(), Some(0.5));
        assert_eq!(row.median_ratio(), Some(0.5));
        assert_eq!(row.ratio(ours, base), None);
        assert_eq!(row.cells().len(), WIDTH);
        assert_eq!(RUNTIMES.headings("suite").len(), WIDTH);
    }
}
