#![deny(warnings)]

use obs_runtime::config::monitoring::Monitoring;
use obs_runtime::{Service, service};

#[service]
struct Unit;

#[service(name = "tuple")]
struct Tuple(u8);

const MONITORING: Monitoring = Monitoring::DEFAULT;

#[service(monitoring = MONITORING)]
struct Generic<'a, T: ?Sized, const N: usize>
where
    T: 'a,
{
    value: &'a T,
}

#[service]
impl<'a, T: ?Sized, const N: usize> Generic<'a, T, N> {
    const COUNT: usize = N;

    fn get(&self) -> &'a T {
        self.value
    }
}

#[service]
impl Iterator for Tuple {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        self.0 = self.0.checked_add(1)?;
        Some(self.0)
    }
}

fn main() {
    assert_eq!(Unit::DEF.name, env!("CARGO_PKG_NAME"));
    assert_eq!(Tuple::DEF.name, "tuple");
    assert_eq!(Tuple(1).next(), Some(2));
    let generic = Generic::<str, 3> { value: "a" };
    assert_eq!((generic.get(), Generic::<str, 3>::COUNT), ("a", 3));
    assert_eq!(Generic::<str, 3>::MONITORING, MONITORING);
}
