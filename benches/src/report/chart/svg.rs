//! Just enough SVG.

use std::fmt::Write;

/// Colours for a light page, and for a dark one where the reader prefers that.
const STYLE: &str = "\
.page{fill:#fff}\
text{font:12px system-ui,-apple-system,'Segoe UI',Helvetica,Arial,sans-serif;fill:#24292f}\
.title{font-size:18px;font-weight:600}\
.heading{font-weight:600}\
.faint{fill:#656d76}\
.name{text-anchor:end}\
.ours{text-anchor:end;font-weight:600;fill:#0969da}\
.tick{text-anchor:middle;font-size:10px;fill:#656d76}\
.gatetext{text-anchor:end;fill:#cf222e}\
.bar{fill:#afb8c1}\
.own{fill:#0969da}\
.grid{stroke:#d0d7de;stroke-width:1}\
.gate{stroke:#cf222e;stroke-width:1.5;stroke-dasharray:4 3}\
.spread{stroke:#24292f;stroke-width:1.5;opacity:.6}\
@media(prefers-color-scheme:dark){\
.page{fill:#0d1117}text{fill:#e6edf3}.faint,.tick{fill:#8d96a0}.ours{fill:#58a6ff}.own{fill:#1f6feb}.bar{fill:#484f58}\
.grid{stroke:#30363d}.gate{stroke:#f85149}.gatetext{fill:#f85149}.spread{stroke:#e6edf3}}";

/// A drawing under way. Coordinates are pixels from the upper left corner.
#[derive(Debug, Default)]
pub(super) struct Svg {
    body: String,
}

impl Svg {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// Text at a place; the class says on which side of it.
    pub(super) fn text(&mut self, x: f64, y: f64, class: &str, text: &str) {
        self.element(&format!(
            "<text x=\"{x:.1}\" y=\"{y:.1}\" class=\"{class}\">{}</text>",
            escaped(text)
        ));
    }

    /// A rectangle with a corner and a size.
    pub(super) fn rect(&mut self, (x, y): (f64, f64), (width, height): (f64, f64), class: &str) {
        let width = width.max(1.0);
        self.element(&format!(
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"2\" class=\"{class}\"/>"
        ));
    }

    /// A straight line.
    pub(super) fn line(&mut self, from: (f64, f64), to: (f64, f64), class: &str) {
        self.element(&format!(
            "<line x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\" class=\"{class}\"/>",
            from.0, from.1, to.0, to.1
        ));
    }

    /// The document, of this size.
    pub(super) fn finish(self, width: f64, height: f64) -> String {
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
             height=\"{height}\" role=\"img\" aria-label=\"Benchmark of obs and its peers\">\n\
             <style>{STYLE}</style>\n\
             <rect width=\"100%\" height=\"100%\" rx=\"6\" class=\"page\"/>\n{}</svg>\n",
            self.body
        )
    }

    fn element(&mut self, element: &str) {
        let _ = writeln!(self.body, "{element}");
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
