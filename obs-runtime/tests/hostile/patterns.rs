//! Parameters that are more than a name.

use std::collections::HashMap;

use obs_runtime::{monitor_performance, trace_request};

use crate::counts::ok;

#[derive(Clone, Copy)]
struct Point {
    x: i32,
    y: i32,
}

#[trace_request("tuple", labels(ordered = left < right), attributes(sum = left + right))]
fn tuple((left, right): (u32, u32)) -> Result<u32, String> {
    right.checked_sub(left).ok_or_else(|| "order".to_owned())
}

#[trace_request("fields", labels(right = x > 0), attributes(up = y, third = c))]
fn fields(Point { x, y, .. }: Point, [a, .., c]: [u8; 4], &(d, ref e): &(u8, String)) -> usize {
    usize::from(x > y) + usize::from(a + c + d) + e.len()
}

#[trace_request("bound", labels(right = point.x > 0), attributes(x = x))]
fn bound(point @ Point { x, .. }: Point, mut rest: Vec<u8>, text: &str) -> Result<Vec<u8>, String> {
    rest.push(u8::try_from(x + point.y).map_err(|error| error.to_string())?);
    rest.extend(text.bytes());
    Ok(rest)
}

#[trace_request("ignored")]
fn ignored(_: u8, _named: String, (_, _second): (u8, u8)) -> Result<u8, String> {
    Ok(1)
}

#[monitor_performance("mutated", labels(full = room == 0))]
async fn mutated(mut room: u32, mut names: Vec<String>) -> Result<(u32, Vec<String>), String> {
    room += 1;
    names.push("last".to_owned());
    Ok((room, names))
}

#[trace_request("configured", attributes(n = n))]
fn configured(
    #[cfg(test)] n: u32,
    #[cfg(any())] gone: Missing,
    #[allow(unused_variables)] unused: u8,
) -> Result<u32, String> {
    Ok(n)
}

type Nested<'a> = (&'a mut HashMap<String, u32>, (bool, [&'a str; 2]));

#[trace_request("nested", labels(deep = deep), attributes(first = first, len = map.len()))]
fn nested((map, (deep, [first, _])): Nested<'_>, (): ()) -> Option<&mut u32> {
    let _previous = map.insert(first.to_owned(), u32::from(deep));
    map.get_mut(first)
}

#[tokio::test]
async fn parameters() {
    assert_eq!(tuple((1, 3)), Ok(2));
    assert!(tuple((3, 1)).is_err());
    assert_eq!(
        fields(Point { x: 2, y: 1 }, [1, 0, 0, 2], &(3, "ab".to_owned())),
        9
    );
    let point = Point { x: 2, y: 1 };
    assert_eq!(bound(point, vec![1], "a"), Ok(vec![1, 3, 97]));
    assert_eq!(ignored(1, String::new(), (2, 3)), Ok(1));
    let (room, names) = mutated(0, Vec::new()).await.unwrap();
    assert_eq!((room, names.len()), (1, 1));
    assert_eq!(configured(1, 2), Ok(1));
    let mut map = HashMap::new();
    if let Some(value) = nested((&mut map, (true, ["a", "b"])), ()) {
        *value += 1;
    }
    assert_eq!(map["a"], 2);
    for operation in [
        "tuple",
        "fields",
        "bound",
        "ignored",
        "mutated",
        "configured",
        "nested",
    ] {
        assert_eq!(ok(operation), 1, "{operation}");
    }
}
