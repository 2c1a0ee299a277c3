use super::axis::{Axis, short};
use super::svg::Svg;

#[test]
fn each_decade_takes_the_same_room() {
    let axis = Axis::over([0.4, 950.0].into_iter(), (100.0, 500.0)).unwrap();
    let places: Vec<f64> = axis
        .decades()
        .map(|decade| axis.x(decade).round())
        .collect();
    assert_eq!(places, [100.0, 200.0, 300.0, 400.0, 500.0]);
}

#[test]
fn values_beyond_the_axis_are_at_its_ends() {
    let axis = Axis::over([50.0].into_iter(), (0.0, 100.0)).unwrap();
    assert_eq!(axis.x(-3.0), 0.0);
    assert_eq!(axis.x(1e9), 100.0);
    assert_eq!(Axis::over(std::iter::empty(), (0.0, 1.0)), None);
}

#[test]
fn thousands_are_grouped() {
    assert_eq!(short(10_000.0), "10,000");
    assert_eq!(short(0.1), "0.1");
}

#[test]
fn text_is_escaped() {
    let mut svg = Svg::new();
    svg.text(0.0, 0.0, "value", "1 < 2 & 3");
    assert!(svg.finish(1.0, 1.0).contains(">1 &lt; 2 &amp; 3</text>"));
}
