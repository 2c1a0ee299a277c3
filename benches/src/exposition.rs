//! Reads back what a scrape says.

/// The sum of the values of all series of this name that have all of these labels, written as in the
/// text.
#[must_use]
pub fn sum(text: &str, name: &str, labels: &[&str]) -> f64 {
    series(text, name)
        .filter(|line| labels.iter().all(|label| line.contains(label)))
        .filter_map(value)
        .sum()
}

/// How many lines there are of all series whose name begins so.
#[must_use]
pub fn lines(text: &str, prefix: &str) -> usize {
    text.lines().filter(|line| line.starts_with(prefix)).count()
}

fn series<'a>(text: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    text.lines().filter(move |line| {
        let rest = line.strip_prefix(name);
        rest.is_some_and(|rest| rest.starts_with(['{', ' ']))
    })
}

fn value(line: &str) -> Option<f64> {
    line.rsplit(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{lines, sum};

    #[test]
    fn series_are_found_by_name_and_labels() {
        let text = "# TYPE a counter\na{x=\"1\",y=\"2\"} 3\na{x=\"1\"} 4\na_total 5\n";
        assert_eq!(sum(text, "a", &["x=\"1\""]), 7.0);
        assert_eq!(sum(text, "a", &["y=\"2\""]), 3.0);
        assert_eq!(sum(text, "a_total", &[]), 5.0);
        assert_eq!(lines(text, "a"), 3);
    }
}
