use obs_runtime::{Label, trace_request};

struct Letter(char);

impl Label for Letter {
    const VALUES: &'static [&'static str] = &["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];

    fn index(&self) -> usize {
        usize::from(u8::try_from(self.0).unwrap_or(0) - b'a')
    }
}

#[trace_request("place", labels(first = letter, second = letter, third = letter, urgent = urgent))]
fn place(letter: Letter, urgent: bool) {
    let _ = (letter, urgent);
}

fn main() {
    place(Letter('a'), false);
}
