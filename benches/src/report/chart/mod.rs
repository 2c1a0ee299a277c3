//! The chart: a panel of bars for each scenario, on a logarithmic axis.

mod axis;
mod svg;

use std::path::Path;

use self::axis::Axis;
use self::svg::Svg;
use super::model::{Measured, Report, Row, ScenarioResult};
use super::table::number;
use crate::scenario::{Figure, Scenario};

const WIDTH: f64 = 920.0;
/// Where the bars begin and end.
const BARS: (f64, f64) = (214.0, 760.0);
const BAR: f64 = 14.0;
const ROW: f64 = 21.0;
const TITLE: f64 = 30.0;
const GAP: f64 = 18.0;

/// Writes the chart to a file.
///
/// # Errors
///
/// If the file cannot be written.
pub fn write(report: &Report, path: &Path) -> std::io::Result<()> {
    std::fs::write(path, draw(report))
}

/// The chart as SVG.
fn draw(report: &Report) -> String {
    let mut svg = Svg::new();
    let mut y = 28.0;
    svg.text(16.0, y, "title", "What an annotated call costs");
    y += 20.0;
    svg.text(16.0, y, "faint", &subtitle(report));
    y += GAP;
    for figures in [&[Figure::Cost, Figure::Nanos][..], &[Figure::Millis]] {
        let panels: Vec<Panel<'_>> = report
            .scenarios
            .iter()
            .filter_map(|result| Panel::of(result, figures))
            .collect();
        y = draw_panels(&mut svg, &panels, report.floor.tick, y);
    }
    svg.finish(WIDTH, y + 6.0)
}

fn subtitle(report: &Report) -> String {
    format!(
        "over the same function without annotation, median of {} rounds; {}; one clock read T = {} ns; \
         logarithmic axes",
        report.rounds,
        report.machine.processor,
        number(report.floor.tick)
    )
}

/// A scenario of which there is something to draw.
struct Panel<'a> {
    scenario: &'static Scenario,
    rows: Vec<(&'a Row, Measured)>,
}

impl<'a> Panel<'a> {
    fn of(result: &'a ScenarioResult, figures: &[Figure]) -> Option<Self> {
        let scenario = result.scenario()?;
        let rows = result.ranking();
        (figures.contains(&scenario.figure) && !rows.is_empty()).then_some(Self { scenario, rows })
    }

    fn values(&self) -> impl Iterator<Item = f64> + '_ {
        self.rows.iter().map(|(_, measured)| measured.figure.median)
    }
}

/// Draws panels over one axis. Returns where the next thing goes.
fn draw_panels(svg: &mut Svg, panels: &[Panel<'_>], tick: f64, mut y: f64) -> f64 {
    let Some(axis) = Axis::over(panels.iter().flat_map(Panel::values), BARS) else {
        return y;
    };
    for panel in panels {
        y = draw_panel(svg, panel, &axis, tick, y);
    }
    y
}

fn draw_panel(svg: &mut Svg, panel: &Panel<'_>, axis: &Axis, tick: f64, top: f64) -> f64 {
    let scenario = panel.scenario;
    let unit = scenario.figure.unit();
    let title = format!("{}: {}", scenario.name, scenario.title);
    svg.text(16.0, top + 14.0, "heading", &title);
    let first = top + TITLE;
    let bottom = first + panel.rows.len() as f64 * ROW;
    for decade in axis.decades() {
        let x = axis.x(decade);
        svg.line((x, first - 4.0), (x, bottom), "grid");
        svg.text(
            x,
            bottom + 11.0,
            "tick",
            &format!("{} {unit}", axis::short(decade)),
        );
    }
    if let Some(gate) = scenario.gate {
        let x = axis.x(gate.limit(tick));
        svg.line((x, first - 4.0), (x, bottom), "gate");
        let text = format!("gate {}", gate.text(scenario.figure));
        svg.text(WIDTH - 16.0, top + 14.0, "gatetext", &text);
    }
    for (position, (row, measured)) in panel.rows.iter().enumerate() {
        let y = first + position as f64 * ROW;
        draw_bar(svg, scenario, row, *measured, axis, tick, y);
    }
    bottom + 14.0 + GAP
}

fn draw_bar(
    svg: &mut Svg,
    scenario: &Scenario,
    row: &Row,
    measured: Measured,
    axis: &Axis,
    tick: f64,
    y: f64,
) {
    let figure = measured.figure;
    let (label, bar) = if row.is_ours() {
        ("ours", "bar own")
    } else {
        ("name", "bar")
    };
    let middle = y + BAR / 2.0;
    svg.text(BARS.0 - 8.0, middle + 4.0, label, row.contender);
    let end = axis.x(figure.median);
    svg.rect((BARS.0, y), (end - BARS.0, BAR), bar);
    svg.line(
        (axis.x(figure.low), middle),
        (axis.x(figure.high), middle),
        "spread",
    );
    let mut value = format!("{} {}", number(figure.median), scenario.figure.unit());
    if scenario.figure.is_time_of_a_call() {
        value.push_str(&format!(" · {}T", number(figure.median / tick)));
    }
    if row.delivered.is_some_and(|share| share < 0.9995) {
        value.push_str(&format!(
            " · {:.1}% arrive",
            row.delivered.unwrap_or(0.0) * 100.0
        ));
    }
    svg.text(
        end.max(axis.x(figure.high)) + 6.0,
        middle + 4.0,
        "value",
        &value,
    );
}

#[cfg(test)]
mod tests;
