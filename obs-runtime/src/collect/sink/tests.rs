use super::*;

fn names(families: &[CollectedFamily]) -> Vec<&str> {
    families.iter().map(|family| &*family.name).collect()
}

#[test]
fn interleaved_samples_end_up_in_one_family_each() {
    let mut families = Vec::new();
    let mut sink = Sink::new(&mut families);
    for device in ["sda", "sdb"] {
        sink.counter("reads_total", "Reads.", "", &[("device", device)], 1.0);
        sink.gauge("busy_ratio", "Busy.", "ratio", &[("device", device)], 0.5);
    }
    assert_eq!(sink.dropped(), 0);
    assert_eq!(names(&families), ["reads_total", "busy_ratio"]);
    assert_eq!(families[0].kind, MetricKind::FloatCounter);
    assert_eq!(families[1].unit, "ratio");
    let devices: Vec<_> = families[0].samples.iter().map(|s| &s.labels[0].1).collect();
    assert_eq!(devices, ["sda", "sdb"]);
}

#[test]
fn missing_values_leave_no_trace() {
    let mut families = Vec::new();
    let mut sink = Sink::new(&mut families);
    sink.gauge("a", "A.", "", &[], None);
    sink.counter("b_total", "B.", "", &[], None);
    assert_eq!(sink.dropped(), 0);
    assert!(families.is_empty());
}

#[test]
fn unusable_values_are_counted_and_left_out() {
    let mut families = Vec::new();
    let mut sink = Sink::new(&mut families);
    sink.gauge("a", "A.", "", &[], f64::NAN);
    sink.counter("b_total", "B.", "", &[], -1.0);
    sink.counter("b_total", "B.", "", &[], f64::INFINITY);
    sink.gauge("ceiling", "No limit.", "", &[], f64::INFINITY);
    assert_eq!(sink.dropped(), 3);
    assert_eq!(names(&families), ["ceiling"]);
}

#[test]
fn a_name_keeps_the_kind_it_was_first_used_with() {
    let mut families = Vec::new();
    let mut sink = Sink::new(&mut families);
    sink.gauge("depth", "Depth.", "", &[], 1.0);
    sink.counter("depth", "Depth.", "", &[("queue", "mail")], 2.0);
    assert_eq!(sink.dropped(), 1);
    assert_eq!(families[0].samples.len(), 1);
}

#[test]
fn a_runaway_collector_is_cut_off() {
    let mut families = Vec::new();
    let mut sink = Sink::new(&mut families);
    for user in 0..MAX_SAMPLES + 5 {
        sink.gauge("g", "G.", "", &[("user", &user.to_string())], 1.0);
    }
    assert_eq!(sink.dropped(), 5);
    assert_eq!(families[0].samples.len(), MAX_SAMPLES);
}

#[test]
fn pushed_families_obey_the_same_rules() {
    let labelled = |value| CollectedSample {
        labels: vec![(Cow::Owned(format!("l{value}")), "x".to_owned())],
        value,
    };
    let mut families = Vec::new();
    let mut sink = Sink::new(&mut families);
    sink.push(CollectedFamily {
        name: "dynamic".to_owned().into(),
        help: "From elsewhere.".into(),
        kind: MetricKind::Gauge,
        unit: "".into(),
        samples: vec![labelled(1.0), labelled(f64::NAN), labelled(2.0)],
    });
    assert_eq!(sink.dropped(), 1);
    assert_eq!(names(&families), ["dynamic"]);
    assert_eq!(families[0].samples.len(), 2);
}

#[test]
fn shared_and_boxed_collectors_collect() {
    struct One;
    impl Collect for One {
        fn name(&self) -> &str {
            "one"
        }
        fn collect(&self, sink: &mut Sink<'_>) {
            sink.gauge("one", "One.", "", &[], 1.0);
        }
    }
    let collectors: [Box<dyn Collect>; 2] = [Box::new(Arc::new(One)), Box::new(&One)];
    for collector in collectors {
        let mut families = Vec::new();
        collector.collect(&mut Sink::new(&mut families));
        assert_eq!(collector.name(), "one");
        assert_eq!(families.len(), 1);
    }
}
