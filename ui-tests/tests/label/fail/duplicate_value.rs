//! Two variants with one value.

use obs_runtime::Label;

#[derive(Label)]
enum Payment {
    Card,
    #[label(rename = "card")]
    CreditCard,
    #[label(rename = "bank")]
    Transfer,
    Bank,
}

fn main() {}
