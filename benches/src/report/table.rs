//! Tables on the terminal.

use super::model::{Measured, Row, ScenarioResult};
use crate::floor::Floor;
use crate::machine::Machine;
use crate::scenario::{Figure, Gate, Scenario};
use crate::terminal::{Style, paint};

/// A table under construction: cells with their styles, right-aligned but for the first column and the last.
#[derive(Debug, Default)]
struct Table {
    rows: Vec<Vec<(String, Style)>>,
}

impl Table {
    fn row(&mut self, cells: Vec<(String, Style)>) {
        self.rows.push(cells);
    }

    fn print(&self) {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns).map(|column| self.width(column)).collect();
        for row in &self.rows {
            let mut line = String::from(" ");
            for (column, (text, style)) in row.iter().enumerate() {
                let last = column + 1 == columns;
                let padding = " ".repeat(widths[column] - text.chars().count());
                let text = paint(text, *style);
                line.push(' ');
                match column {
                    0 => line.extend([text.as_str(), padding.as_str()]),
                    _ if last => line.extend([" ", text.as_str()]),
                    _ => line.extend([" ", padding.as_str(), text.as_str()]),
                }
            }
            println!("{}", line.trim_end());
        }
    }

    fn width(&self, column: usize) -> usize {
        let cells = self.rows.iter().filter_map(|row| row.get(column));
        cells
            .map(|(text, _)| text.chars().count())
            .max()
            .unwrap_or(0)
    }
}

/// Prints where the figures come from.
pub fn print_machine(machine: &Machine) {
    println!("{}", paint("The machine", Style::Bold));
    let mut table = Table::default();
    for (name, value) in machine.rows() {
        table.row(vec![(name.to_owned(), Style::Faint), (value, Style::Plain)]);
    }
    table.print();
    println!();
}

/// Prints the floor.
pub fn print_floor(floor: &Floor) {
    println!("{}", paint("The floor", Style::Bold));
    let mut table = Table::default();
    table.row(header(&["", "ns", "T", ""]));
    for row in &floor.rows {
        table.row(vec![
            (row.name.to_owned(), Style::Plain),
            (number(row.nanos), Style::Plain),
            (number(row.nanos / floor.tick), Style::Faint),
            (String::new(), Style::Plain),
        ]);
    }
    table.print();
    println!(
        "  {}\n",
        paint(
            &format!("T = {} ns, one clock read", number(floor.tick)),
            Style::Faint
        )
    );
}

/// Prints a scenario.
pub fn print_scenario(result: &ScenarioResult, tick: f64) {
    let Some(scenario) = result.scenario() else {
        return;
    };
    print_title(scenario, tick);
    let mut table = Table::default();
    table.row(columns(scenario));
    for (row, _) in result.ranking() {
        table.row(line(scenario, row, tick));
    }
    table.print();
    for row in result.rows.iter().filter(|row| row.failure.is_some()) {
        let failure = row.failure.as_deref().unwrap_or_default();
        println!(
            "  {}",
            paint(&format!("{} FAILED: {failure}", row.contender), Style::Red)
        );
    }
    println!();
}

fn print_title(scenario: &Scenario, tick: f64) {
    let gate = scenario.gate.map(|gate| match gate {
        Gate::Clocks(..) => format!(
            "gate {} = {}",
            gate.text(scenario.figure),
            number(gate.limit(tick))
        ),
        _ => format!("gate {}", gate.text(scenario.figure)),
    });
    println!(
        "{}  {}",
        paint(
            &format!("{}: {}", scenario.name, scenario.title),
            Style::Bold
        ),
        paint(&gate.unwrap_or_default(), Style::Cyan)
    );
    if !scenario.note.is_empty() {
        println!("  {}", paint(scenario.note, Style::Faint));
    }
}

fn header(names: &[&str]) -> Vec<(String, Style)> {
    names
        .iter()
        .map(|name| ((*name).to_owned(), Style::Faint))
        .collect()
}

fn columns(scenario: &Scenario) -> Vec<(String, Style)> {
    let mut names = vec![""];
    names.extend([scenario.figure.unit(), "quartiles"]);
    if scenario.figure.is_time_of_a_call() {
        names.push("T");
    }
    if scenario.figure == Figure::Cost {
        names.push("base");
    }
    if scenario.bodies.len() > 1 {
        names.extend(["long body", "its base"]);
    }
    names.extend(["allocs", "bytes", "delivered", "gate", ""]);
    header(&names)
}

fn line(scenario: &Scenario, row: &Row, tick: f64) -> Vec<(String, Style)> {
    let name = if row.is_ours() {
        Style::Cyan
    } else {
        Style::Plain
    };
    let mut cells = vec![(row.contender.to_owned(), name)];
    let Some(first) = row.measured.first() else {
        return cells;
    };
    cells.extend(figures(scenario, *first, tick));
    if let Some(long) = row.measured.get(1) {
        cells.push((number(long.figure.median), Style::Plain));
        cells.push((number(long.base.median), Style::Faint));
    }
    let delivered = row
        .delivered
        .map_or(String::new(), |share| format!("{:.1}%", share * 100.0));
    let lost = row.delivered.is_some_and(|share| share < 1.0);
    cells.push((number(row.allocations.calls), Style::Plain));
    cells.push((number(row.allocations.bytes), Style::Faint));
    cells.push((delivered, if lost { Style::Red } else { Style::Plain }));
    cells.push(verdict(scenario, row, first.figure.median, tick));
    cells.push((row.how.to_owned(), Style::Faint));
    cells
}

fn figures(scenario: &Scenario, measured: Measured, tick: f64) -> Vec<(String, Style)> {
    let figure = measured.figure;
    let mut cells = vec![
        (number(figure.median), Style::Bold),
        (
            format!("{}..{}", number(figure.low), number(figure.high)),
            Style::Faint,
        ),
    ];
    if scenario.figure.is_time_of_a_call() {
        cells.push((number(figure.median / tick), Style::Plain));
    }
    if scenario.figure == Figure::Cost {
        cells.push((number(measured.base.median), Style::Faint));
    }
    cells
}

fn verdict(scenario: &Scenario, row: &Row, figure: f64, tick: f64) -> (String, Style) {
    match scenario.gate {
        Some(gate) if row.is_ours() && gate.is_met(figure, tick) => {
            ("met".to_owned(), Style::Green)
        }
        Some(_) if row.is_ours() => ("missed".to_owned(), Style::Red),
        _ => (String::new(), Style::Plain),
    }
}

/// A number with as many digits as it is worth.
pub(crate) fn number(value: f64) -> String {
    let size = value.abs();
    if value.is_nan() {
        "?".to_owned()
    } else if size < 0.005 {
        "0".to_owned()
    } else if size < 10.0 {
        format!("{value:.2}")
    } else if size < 1000.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.0}")
    }
}
