//! Generic functions: one operation, however many instances.

use std::fmt::{Debug, Display};
use std::hash::Hash;
use std::marker::PhantomData;

use obs_runtime::{counted, trace_request};

use crate::counts::ok;

#[trace_request("twelve", labels(any = N > 1), attributes(a = ?a, n = N))]
#[allow(clippy::many_single_char_names, clippy::too_many_arguments)]
fn twelve<A, B, C, D, E, F, G, H, I, J, const N: usize, const M: bool>(
    a: A,
    b: B,
    c: C,
    d: &D,
    e: E,
    f: F,
    g: G,
    h: [H; N],
    i: I,
    j: PhantomData<J>,
) -> Result<([H; N], PhantomData<J>), Box<dyn std::error::Error>>
where
    A: Debug + Clone,
    B: Into<String>,
    C: FnOnce(&D) -> E,
    D: ?Sized,
    E: PartialEq,
    F: for<'x> Fn(&'x str) -> &'x str,
    G: Iterator<Item = I>,
    I: Hash + Eq,
    for<'x> &'x I: Debug,
{
    let _clone = a.clone();
    let text: String = b.into();
    if c(d) != e || f(&text).is_empty() || !M {
        return Err(text.into());
    }
    let mut all: Vec<I> = g.collect();
    all.push(i);
    let _: u32 = text.parse()?;
    Ok((h, j))
}

#[trace_request("lifetimes", labels(same = left.len() == right.len()))]
fn lifetimes<'long: 'short, 'short, T>(
    left: &'long [T],
    right: &'short [T],
) -> Result<&'short [T], &'long T>
where
    T: PartialOrd + 'long,
{
    match (left.first(), right.first()) {
        (Some(a), Some(b)) if a > b => Err(a),
        (None, _) => Ok(right),
        _ => Ok(left),
    }
}

#[trace_request("higher_ranked")]
fn higher_ranked(
    pick: impl for<'a> Fn(&'a str, &'a str) -> &'a str,
    by: &dyn for<'a> Fn(&'a [u8]) -> Option<&'a u8>,
) -> Result<String, String> {
    let picked = pick("a", "b");
    let byte = by(picked.as_bytes()).ok_or("none")?;
    Ok(format!("{picked}{byte}"))
}

#[trace_request("picked_label", labels(picked = pick(text, text).is_empty(), some = (0..n).len() > 1))]
fn picked_label(
    pick: for<'a> fn(&'a str, &'a str) -> &'a str,
    text: &'static str,
    n: usize,
) -> bool {
    pick(text, "").is_empty() && n > 0
}

#[counted("instances")]
fn instance<T: Default + Display>() -> String {
    T::default().to_string()
}

struct Pair<L, R>(L, R);

impl<L, R> Pair<L, R>
where
    L: Clone,
    R: Display,
{
    const KIND: &'static str = "pair";

    #[trace_request("generic_method", labels(empty = self.1.to_string().is_empty()), attributes(kind = Self::KIND))]
    fn left<'a, T>(&'a self, other: T) -> Result<(L, T, &'a R), String>
    where
        T: Debug + 'a,
    {
        if other_is_long(&other) {
            return Err(self.1.to_string());
        }
        Ok((self.0.clone(), other, &self.1))
    }

    #[trace_request("generic_async_method")]
    async fn right<const N: usize>(self, times: [(); N]) -> Result<R, L> {
        tokio::task::yield_now().await;
        if times.len() > 3 {
            Err(self.0)
        } else {
            Ok(self.1)
        }
    }
}

fn other_is_long(other: &impl Debug) -> bool {
    format!("{other:?}").len() > 20
}

trait Store {
    type Key: Copy + Debug;
    type Error: From<std::num::ParseIntError>;
    const NAME: &'static str;

    fn key(&self, text: &str) -> Result<Self::Key, Self::Error>;

    #[trace_request("store", attributes(name = Self::NAME))]
    fn load<T>(&self, text: &str) -> Result<(Self::Key, T), Self::Error>
    where
        T: std::str::FromStr<Err = std::num::ParseIntError>,
    {
        let key = self.key(text)?;
        Ok((key, text.parse::<T>()?))
    }

    #[trace_request("store_projection")]
    fn first<I: IntoIterator<Item = Self::Key>>(&self, keys: I) -> Option<I::Item> {
        keys.into_iter().next()
    }
}

struct Memory;

impl Store for Memory {
    type Key = usize;
    type Error = Box<dyn std::error::Error>;
    const NAME: &'static str = "memory";

    #[trace_request("memory")]
    fn key(&self, text: &str) -> Result<Self::Key, <Self as Store>::Error> {
        Ok(text.parse::<usize>()?)
    }
}

#[tokio::test]
async fn generic_functions() {
    let made = twelve::<_, _, _, _, _, _, _, _, _, u8, 2, true>(
        1,
        "12",
        str::len,
        "ab",
        2,
        |text| text,
        [3u8].into_iter(),
        ["x", "y"],
        4,
        PhantomData,
    );
    assert!(made.is_ok());
    assert_eq!(lifetimes(&[1, 2], &[3]), Ok(&[1, 2][..]));
    assert_eq!(lifetimes(&[5], &[3]), Err(&5));
    assert_eq!(
        higher_ranked(|a, _| a, &|bytes| bytes.first()),
        Ok("a97".to_owned())
    );
    assert!(picked_label(|left, _| left, "", 1));
    for (operation, count) in [
        ("picked_label", 1),
        ("twelve", 1),
        ("lifetimes", 1),
        ("higher_ranked", 1),
    ] {
        assert_eq!(ok(operation), count, "{operation}");
    }
    let pair = Pair("left", 7);
    assert_eq!(pair.left(1u8), Ok(("left", 1, &7)));
    assert!(pair.left("a text of more than twenty bytes").is_err());
    assert_eq!(pair.right([(); 2]).await, Ok(7));
    assert_eq!(Memory.load::<u8>("5").unwrap(), (5, 5));
    assert!(Memory.load::<u8>("x").is_err());
    assert_eq!(Memory.first([3]), Some(3));
    for (operation, count) in [
        ("generic_method", 1),
        ("generic_async_method", 1),
        ("store", 1),
        ("memory", 1),
        ("store_projection", 1),
    ] {
        assert_eq!(ok(operation), count, "{operation}");
    }
}

#[test]
fn a_generic_function_is_one_operation() {
    assert_eq!(instance::<u8>(), "0");
    assert_eq!(instance::<String>(), "");
    assert_eq!(instance::<bool>(), "false");
    assert_eq!(ok("instances"), 3);
}
