#![deny(warnings, unsafe_op_in_unsafe_fn)]

use obs_runtime::{service, trace_request};

/// # Safety
///
/// `value` is valid.
#[trace_request("read")]
unsafe fn read(value: *const u8) -> Result<u8, String> {
    if value.is_null() {
        return Err("null".to_owned());
    }
    Ok(unsafe { *value })
}

#[trace_request("read_later")]
async unsafe fn read_later(value: &u8) -> u8 {
    unsafe { std::ptr::read(value) }
}

#[trace_request("exported", labels(large = n > 9))]
unsafe extern "C-unwind" fn exported(n: u32) -> u32 {
    n
}

struct Cell(u8);

#[service]
impl Cell {
    unsafe fn get(&self) -> u8 {
        unsafe { std::ptr::read(&raw const self.0) }
    }
}

fn main() {
    let value = 7;
    assert_eq!(unsafe { read(&value) }, Ok(7));
    assert!(unsafe { read(std::ptr::null()) }.is_err());
    drop(unsafe { read_later(&value) });
    assert_eq!(unsafe { exported(3) }, 3);
    assert_eq!(unsafe { Cell(1).get() }, 1);
}
