//! Policies that were given no name.

use std::cell::Cell;
use std::time::Duration;

use crate::Error;

mod stock {
    use super::*;
    use obs_runtime::{retry, timeout};

    #[retry(idempotent, attempts = 2, delay = "1ms")]
    pub(super) fn fetch(asked: &Cell<u32>) -> Result<(), Error> {
        asked.set(asked.get() + 1);
        Err(Error::Busy)
    }

    #[timeout("10ms")]
    pub(super) async fn wait() -> Result<(), Error> {
        tokio::time::sleep(Duration::from_secs(1)).await;
        Ok(())
    }
}

mod prices {
    use super::*;
    use obs_runtime::{retry, timeout};

    #[retry(idempotent, attempts = 4, delay = "1ms")]
    pub(super) fn fetch(asked: &Cell<u32>) -> Result<(), Error> {
        asked.set(asked.get() + 1);
        Err(Error::Busy)
    }

    #[timeout("10s")]
    pub(super) async fn wait() -> Result<(), Error> {
        tokio::time::sleep(Duration::from_secs(1)).await;
        Ok(())
    }
}

/// Two functions of the same name in different modules have nothing to do with each other.
#[test]
fn functions_of_the_same_name_have_settings_of_their_own() {
    type Fetch = fn(&Cell<u32>) -> Result<(), Error>;
    for (fetch, attempts) in [(stock::fetch as Fetch, 2), (prices::fetch, 4)] {
        let asked = Cell::new(0);
        assert_eq!(fetch(&asked), Err(Error::Busy));
        assert_eq!(asked.get(), attempts);
    }
}

#[tokio::test(start_paused = true)]
async fn so_have_their_limits_of_time() {
    let late = stock::wait().await.unwrap_err();
    let Error::Rejected(rejected) = late else {
        panic!("{late:?}");
    };
    assert!(rejected.name().starts_with("wait"), "{rejected}");
    assert_eq!(prices::wait().await, Ok(()));
}
